import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PREFIX = 'canopsis-heartbeat-test-';
const OURS = new RegExp(`^${PREFIX}[A-Za-z0-9]{6}$`);
/** Where the database of a directory listens: the kernel ends that with its process, however it ends. */
const SOCKET = /^mongo-.*\.sock$/;
/** A directory whose database does not listen may be one that is just being made, for so long; in milliseconds. */
const STARTING_MS = 600_000;
/** A socket is there a moment before it is listened on. */
const LOOK_AGAIN_MS = 250;

/** A new directory for the database of one application. */
export const makeDataDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), PREFIX));

/** Removes a directory, and all in it. */
export const removeDirectory = (directory: string): Promise<void> =>
  rm(directory, { recursive: true, force: true });

/** Removes the directories of applications whose process was killed. Never rejects: what cannot be removed stays. */
export async function removeLeftDirectories(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const directories = names.filter((name) => OURS.test(name)).map((name) => join(tmpdir(), name));
  await Promise.all(directories.map((directory) => removeIfLeft(directory).catch(() => undefined)));
}

async function removeIfLeft(directory: string): Promise<void> {
  if (!(await isLeft(directory))) return;
  await delay(LOOK_AGAIN_MS);
  if (await isLeft(directory)) await removeDirectory(directory);
}

/** Whether its database has ended without clearing up. */
async function isLeft(directory: string): Promise<boolean> {
  const sockets = (await readdir(directory)).filter((name) => SOCKET.test(name));
  if (sockets.length === 0) return Date.now() - (await stat(directory)).mtimeMs > STARTING_MS;
  const ended = await Promise.all(sockets.map((name) => isRefused(join(directory, name))));
  return ended.every(Boolean);
}

/** Whether nobody listens there. Where that cannot be told, somebody may. */
async function isRefused(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
