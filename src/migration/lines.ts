/** The longest line that is read, in bytes. A heartbeat that the API takes is 1 MiB at most. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** A line of a file. */
export interface Line {
  /** The first is 1. */
  readonly number: number;
  /** Without its line feed; undefined where it is longer than {@link MAX_LINE_BYTES}. */
  readonly bytes: Buffer | undefined;
  /** How much of the file was read up to its end, in bytes. */
  readonly end: number;
}

/**
 * Splits a file at its line feeds, and nowhere else: JSON may hold the line separators of Unicode. No more of it is held than
 * one line and one chunk.
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<Line> {
  let number = 0;
  let end = 0;
  let length = 0;
  let parts: Buffer[] = [];
  const take = (part: Buffer): void => {
    length += part.length;
    parts = length > maxBytes ? [] : [...parts, part];
  };
  const finish = (feed: number): Line => {
    number += 1;
    end += length + feed;
    const bytes = length > maxBytes ? undefined : Buffer.concat(parts);
    length = 0;
    parts = [];
    return { number, bytes, end };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, at));
      yield finish(1);
      start = at + 1;
    }
    take(chunk.subarray(start));
  }
  if (length > 0) yield finish(0);
}
