import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Stats } from 'node:fs';
import {
  access,
  chmod,
  constants,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedMongoError } from '../errors';
import { damagedPage } from './page-check';
import type { Storage } from './storage';

const MARKER = 'embedded-mongo.format';
const READY = 'embedded-mongo 1\n';
const CREATING = 'embedded-mongo 1, being created\n';
const COPYING = 'embedded-mongo 1, a backup that was not finished\n';
/** Nobody but this user may read the data or open the socket. */
const PRIVATE = 0o700;
const OWNER = Buffer.of(0);
export const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';
/** What a file system, or whoever looks at it, puts into a directory by itself. */
export const SYSTEM_FILES: ReadonlySet<string> = new Set([
  'lost+found',
  '.snapshot',
  '.snapshots',
  '.zfs',
  '.DS_Store',
]);
/** LMDB ends the process where there is no room for its first pages, so this much is tried before. */
const FIRST_BYTES = 64 * 1024;

/** The longest path that a Unix socket can have on every platform that has them, in bytes. */
const MAX_SOCKET_PATH = 100;

/** LMDB's data file: 24 bytes of page header, then magic number, version, …, page size, …, the last page's number. */
const META = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152, bytes: 160 };

/**
 * Makes the directory where it is missing, and makes sure that it is one of ours and whole, without changing any other.
 * @throws EmbeddedMongoError when it is foreign or damaged; the system's own errors where it refuses
 */
export async function checkDirectory(directory: string): Promise<void> {
  await makeDirectory(directory);
  const files = (await readdir(directory)).filter((name) => !SYSTEM_FILES.has(name));
  // Links and rights let a directory be read that nothing can be made in.
  await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  const marker = files.includes(MARKER) ? await readFile(join(directory, MARKER), 'utf8') : undefined;
  // Where the disk was full when it was to be written, it is cut off.
  const creating = marker !== undefined && CREATING.startsWith(marker);
  if (marker === undefined) refuseUnmarked(directory, files);
  if (marker === undefined && files.length > 0)
    throw new EmbeddedMongoError(
      `${directory} holds other files, and no data of the embedded MongoDB: choose an empty directory`,
    );
  if (marker !== undefined && !creating) refuseOthers(directory, marker);
  for (const name of [DATA_FILE, LOCK_FILE]) if (files.includes(name)) await checkFile(join(directory, name));
  if (marker === READY) await checkDataFile(join(directory, DATA_FILE));
  else await begin(directory);
  await makePrivate(directory);
}

/**
 * Makes sure that there is data which can be copied, without changing anything.
 * @throws EmbeddedMongoError when there is none, or it is damaged; the system's own errors where it refuses
 */
export async function checkData(directory: string): Promise<void> {
  const marker = await readFile(join(directory, MARKER), 'utf8').catch(
    async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      refuseUnmarked(directory, await readdir(directory).catch(() => []));
      return CREATING;
    },
  );
  if (CREATING.startsWith(marker))
    throw new EmbeddedMongoError(`${directory} holds no data of the embedded MongoDB`);
  refuseOthers(directory, marker);
  // Reading needs a place in this file.
  const lock = join(directory, LOCK_FILE);
  if (await exists(lock)) await checkFile(lock);
  await checkDataFile(join(directory, DATA_FILE));
}

/** @throws EmbeddedMongoError for a data file without the marker: it may be of a copy that left that out, or of another program */
function refuseUnmarked(directory: string, files: string[]): void {
  if (!files.includes(DATA_FILE)) return;
  throw new EmbeddedMongoError(
    `${directory} holds ${DATA_FILE}, but not ${MARKER}, which says that it is data of the embedded MongoDB, and whole: ` +
      'copy that file too from where the data came from, or restore a backup; for new data choose an empty directory',
  );
}

/** @throws EmbeddedMongoError for a marker that does not say that the data is whole, and ours */
function refuseOthers(directory: string, marker: string): void {
  if (marker === READY) return;
  throw new EmbeddedMongoError(
    marker === COPYING
      ? `${directory} holds a backup that was not finished: remove it, and make another one`
      : `${directory} was written by another version of the embedded MongoDB (${JSON.stringify(marker)}): ` +
          'use that version, or choose an empty directory',
  );
}

async function begin(directory: string): Promise<void> {
  await writeFile(join(directory, MARKER), CREATING);
  const trial = join(directory, `${MARKER}.new`);
  try {
    await writeFile(trial, Buffer.alloc(FIRST_BYTES), { flush: true });
  } finally {
    await rm(trial, { force: true });
  }
}

/** As `mkdir -p`; that of Node.js never ends where a parent takes no directories and says ENOENT (`/proc`). */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path && !(await exists(dirname(path)))) {
      await makeDirectory(dirname(path));
      await mkdir(path);
    } else if (!(await target(path, error)).isDirectory()) throw error;
  }
}

/** What is there instead of a new directory. A link that leads nowhere is there too: `error` says no more than that something is. */
async function target(path: string, error: unknown): Promise<Stats> {
  const { code } = error as NodeJS.ErrnoException;
  try {
    return await stat(path);
  } catch (cause) {
    if (code !== 'EEXIST') throw error;
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new EmbeddedMongoError(
      `the embedded MongoDB cannot use ${path}: it is a link to ${await readlink(path)}, which does not exist: ` +
        'make that directory, or choose another directory',
    );
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** LMDB ends the process where it cannot open one of its files, so each is opened before. */
async function checkFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.close();
}

/**
 * A volume may belong to somebody else who lets us in (fsGroup of Kubernetes): then who else may come in is theirs to say; the
 * socket opens to this user alone all the same.
 */
export async function makePrivate(directory: string): Promise<void> {
  await chmod(directory, PRIVATE).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM' && error.code !== 'ENOTSUP' && error.code !== 'ENOSYS') throw error;
  });
}

/** To be called when the first transaction is on disk. From then on a missing data file is damage. */
export const markReady = (directory: string): Promise<void> => mark(directory, READY);

/** Until `markReady` no start takes what is in the directory. */
export const markCopying = (directory: string): Promise<void> => mark(directory, COPYING);

async function mark(directory: string, text: string): Promise<void> {
  const temporary = join(directory, `${MARKER}.new`);
  await writeFile(temporary, text, { flush: true });
  await rename(temporary, join(directory, MARKER));
}

/** LMDB trusts its file, and a damaged one can end the process: so its two meta pages, and what they lead to, are checked first. */
export async function checkDataFile(path: string): Promise<void> {
  const damaged = (what: string): EmbeddedMongoError =>
    new EmbeddedMongoError(
      `${path} is damaged: ${what}; restore it from a backup, or start with an empty directory`,
    );
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) throw damaged('it is missing or cannot be read');
  try {
    const readMeta = async (position: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(META.bytes), 0, META.bytes, position);
      const whole = bytesRead === META.bytes && buffer.readUInt32LE(META.magic) === 0xbeefc0de;
      if (!whole || (buffer.readUInt32LE(META.version) & 0xffff) !== 2) throw damaged('it has no valid head');
      return buffer;
    };
    const first = await readMeta(0);
    const pageSize = first.readUInt32LE(META.pageSize);
    if (pageSize < 512 || pageSize > 65536) throw damaged('its page size is impossible');
    const metas = [first, await readMeta(pageSize)];
    metas.sort((a, b) => Number(b.readBigUInt64LE(META.transaction) - a.readBigUInt64LE(META.transaction)));
    const newest = metas[0] ?? first;
    const lastPage = Number(newest.readBigUInt64LE(META.lastPage));
    // Asked only now: where another process writes meanwhile, the file is first longer, and then the meta page says so.
    const { size } = await file.stat();
    if (size < (lastPage + 1) * pageSize) throw damaged('its end is missing');
    const transaction = newest.readBigUInt64LE(META.transaction);
    const page = damagedPage({ fd: file.fd, meta: newest, pageSize, lastPage, transaction });
    if (page === undefined) return;
    // Another process that has the directory may have written meanwhile: then it is in use, which is found later.
    const now = [await readMeta(0), await readMeta(pageSize)].map((each) =>
      each.readBigUInt64LE(META.transaction),
    );
    if (now.every((each) => each <= transaction)) throw damaged(`its page ${page} is none`);
  } finally {
    await file.close();
  }
}

/** A path under which a new socket inside the directory can be made and reached, however long the directory's own path is. */
export async function socketPath(
  directory: string,
): Promise<{ path: string; name: string; release(): Promise<void> }> {
  const name = `mongo-${randomBytes(6).toString('hex')}.sock`;
  // A named pipe is no file: it serves to tell who owns the directory, and it ends with its process.
  if (process.platform === 'win32')
    return { path: `\\\\.\\pipe\\${name}`, name, release: () => Promise.resolve() };
  const direct = join(await realpath(directory), name);
  // The MongoDB driver decodes a percent sign in a path twice.
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH && !direct.includes('%'))
    return { path: direct, name, release: () => rm(direct, { force: true }) };
  const short = await mkdtemp(join(tmpdir(), 'embedded-mongo-'));
  await chmod(short, PRIVATE);
  await symlink(await realpath(directory), join(short, 'd'));
  const release = async (): Promise<void> => {
    await rm(direct, { force: true });
    await rm(short, { recursive: true, force: true });
  };
  return { path: join(short, 'd', name), name, release };
}

/**
 * Makes this process the directory's owner. The owner is who listens on the socket that the storage names: the kernel ends that
 * with the process, however it ends. Of two that try at once, the storage's transaction lets one win.
 * @param own where this process already listens
 * @throws EmbeddedMongoError when another process owns it
 */
export async function claim(
  directory: string,
  storage: Storage,
  own: { path: string; name: string },
): Promise<void> {
  const inUse = new EmbeddedMongoError(`${directory} is in use by another process`);
  const before = storage.get(OWNER)?.toString();
  const folder = own.path.slice(0, -own.name.length);
  if (before !== undefined && (await listens(folder + before))) throw inUse;
  const won = storage.writeNow(() => {
    if (storage.get(OWNER)?.toString() !== before) return false;
    storage.put(OWNER, Buffer.from(own.name));
    return true;
  });
  if (!won) throw inUse;
  if (before !== undefined) await rm(folder + before, { force: true }).catch(() => undefined);
}

async function listens(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== 'ENOTSOCK';
  } finally {
    socket.destroy();
  }
}
