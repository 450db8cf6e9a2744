import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedMongoError } from './errors';
import type { Storage } from './storage';

const MARKER = 'embedded-mongo.format';
const READY = 'embedded-mongo 1\n';
const CREATING = 'embedded-mongo 1, being created\n';
/** Nobody but this user may read the data or open the socket. */
const PRIVATE = 0o700;
const OWNER = Buffer.of(0);

/** The longest path that a Unix socket can have on every platform that has them, in bytes. */
const MAX_SOCKET_PATH = 100;

/** LMDB's data file: 24 bytes of page header, then magic number, version, …, page size, …, the last page's number. */
const META = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152, bytes: 160 };

/**
 * Makes the directory where it is missing, and makes sure that it is one of ours and whole, without changing any other.
 * @throws EmbeddedMongoError when it is foreign or damaged
 */
export async function checkDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const files = await readdir(directory);
  const marker = await readFile(join(directory, MARKER), 'utf8').catch(() => undefined);
  if (marker === READY) {
    await checkDataFile(join(directory, 'data.mdb'));
    return chmod(directory, PRIVATE);
  }
  if (marker === undefined && files.length > 0)
    throw new EmbeddedMongoError(
      `${directory} holds other files, and no data of the embedded MongoDB: choose an empty directory`,
    );
  if (marker !== undefined && marker !== CREATING)
    throw new EmbeddedMongoError(
      `${directory} was written by another version of the embedded MongoDB (${JSON.stringify(marker)})`,
    );
  await writeFile(join(directory, MARKER), CREATING);
  await chmod(directory, PRIVATE);
}

/** To be called when the first transaction is on disk. From then on a missing data file is damage. */
export async function markReady(directory: string): Promise<void> {
  const temporary = join(directory, `${MARKER}.new`);
  await writeFile(temporary, READY, { flush: true });
  await rename(temporary, join(directory, MARKER));
}

/** LMDB trusts its file, and a damaged one can end the process: so its two head pages are checked first. */
async function checkDataFile(path: string): Promise<void> {
  const damaged = (what: string): EmbeddedMongoError =>
    new EmbeddedMongoError(
      `${path} is damaged: ${what}; restore it from a backup, or start with an empty directory`,
    );
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) throw damaged('it is missing or cannot be read');
  try {
    const { size } = await file.stat();
    const head = async (position: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(META.bytes), 0, META.bytes, position);
      const whole = bytesRead === META.bytes && buffer.readUInt32LE(META.magic) === 0xbeefc0de;
      if (!whole || (buffer.readUInt32LE(META.version) & 0xffff) !== 2) throw damaged('it has no valid head');
      return buffer;
    };
    const first = await head(0);
    const pageSize = first.readUInt32LE(META.pageSize);
    if (pageSize < 512 || pageSize > 65536) throw damaged('its page size is impossible');
    const heads = [first, await head(pageSize)];
    heads.sort((a, b) => Number(b.readBigUInt64LE(META.transaction) - a.readBigUInt64LE(META.transaction)));
    if (BigInt(size) < (heads[0].readBigUInt64LE(META.lastPage) + 1n) * BigInt(pageSize))
      throw damaged('its end is missing');
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
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH)
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
