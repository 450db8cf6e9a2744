import { lstat, readdir } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';

/**
 * Where to try the embedded database for a directory that is not there, or empty, so that nothing is left in it: beside the first
 * part of its path that has to be made, or within it.
 * @returns a path where nothing is; `undefined` where something is in the directory, or only a start itself can say what is wrong
 */
export async function trialDirectory(dataDir: string): Promise<string | undefined> {
  const name = `.canopsis-heartbeat-check-${randomUUID()}`;
  let path = resolve(dataDir);
  try {
    return (await readdir(path)).length === 0 ? join(path, name) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
  }
  // A link to nowhere is there, and nothing can be made in its place.
  if (await exists(path)) return undefined;
  while (!(await exists(path)) && dirname(path) !== path) path = dirname(path);
  return join(path, name);
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
