import { constants } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** What is no regular file, such as a pipe, may take so long, in milliseconds, and give so many bytes. */
const LIMIT_MS = 10_000;
const MOST_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** How often it is looked whether a pipe has more, in milliseconds. */
const LOOK_EVERY_MS = 20;

/**
 * Reads a text from a file, or from a pipe, as `<(…)` of a shell is one. A pipe into which nobody writes would hold a thread for
 * ever, and with that the end of the process.
 * @param limitMs how long what is no regular file may take, in milliseconds
 * @throws Error of the system, or that it does not end
 */
export async function readText(path: string, limitMs = LIMIT_MS): Promise<string> {
  const kind = await stat(path);
  if (kind.isFile() || kind.isDirectory()) return readFile(path, 'utf8');
  const until = performance.now() + limitMs;
  const chunks: Buffer[] = [];
  let size = 0;
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    for (;;) {
      const chunk = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null).catch(ifNothingYet);
      size += chunk?.bytesRead ?? 0;
      if (chunk && chunk.bytesRead > 0) chunks.push(chunk.buffer.subarray(0, chunk.bytesRead));
      // Before anybody writes into a pipe, it seems to have ended.
      else if (chunk && (size > 0 || !kind.isFIFO())) return Buffer.concat(chunks).toString('utf8');
      else await delay(LOOK_EVERY_MS);
      if (performance.now() > until || size > MOST_BYTES)
        throw new Error(
          `it is no regular file, and what comes from it did not end within ${limitMs / 1_000} s, or 16 MiB: write all of it, and close it`,
        );
    }
  } finally {
    await file.close();
  }
}

function ifNothingYet(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
}
