import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedMongoError } from '../errors';
import * as directories from './directory';
import { copyStorage } from './storage';

/**
 * Copies the data of a directory as it is at one moment, whether or not a process uses it, and holds nobody up. Until all of it is
 * on disk the copy is marked as unfinished, and no start takes it.
 * @param to where the copy goes: made where it is missing
 * @throws EmbeddedMongoError where there is no data, or it is damaged, or `to` is not empty; the system's own errors where it refuses
 */
export async function backUp(directory: string, to: string): Promise<void> {
  await directories.checkData(directory);
  await directories.makeDirectory(to);
  if ((await files(to)).length > 0)
    throw new EmbeddedMongoError(`${to} is not empty: choose an empty directory for the backup`);
  const copy = join(to, directories.DATA_FILE);
  try {
    await directories.makePrivate(to);
    await directories.markCopying(to);
    await copyStorage(directory, to);
    await flush(copy);
    await directories.checkDataFile(copy);
    await directories.markReady(to);
    await flush(to);
  } catch (error) {
    for (const name of await files(to)) await rm(join(to, name), { force: true });
    throw error;
  }
}

const files = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).filter((name) => !directories.SYSTEM_FILES.has(name));

/** Waits until a file, or what a directory lists, is on disk. */
async function flush(path: string): Promise<void> {
  // Windows flushes no directories, and needs the right to write for files.
  if (process.platform === 'win32') return;
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
