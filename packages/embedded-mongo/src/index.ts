import { resolve } from 'node:path';
import { runCommand } from './commands';
import { Database } from './commands/database';
import { backUp } from './storage/backup';
import { checkData, checkDirectory, claim, markReady, socketPath } from './storage/directory';
import { directoryError } from './storage/directory-errors';
import { EmbeddedMongoError } from './errors';
import { MongoServer } from './wire/server';
import type { Request } from './wire/wire-protocol';
import { Storage } from './storage/storage';

export { EmbeddedMongoError };

export interface EmbeddedMongoOptions {
  /** Where the data is kept; made where it is missing. One process at a time may use it. */
  dataDir: string;
  /** false: nothing is made; a directory without data is an error. Default: true. */
  create?: boolean;
  /** TCP port on loopback instead of the Unix socket; 0 = any free */
  port?: number;
  /** false: nothing waits for the disk, and what was stored may be gone after a crash of the machine. Default: true. */
  durable?: boolean;
  /** Is told of errors that are no answer to a client's mistakes; by default they go to standard error. */
  onError?: (error: Error) => void;
}

export interface EmbeddedMongo {
  /** connection string without database name or options, e.g. mongodb://%2Ftmp%2Fx%2Fmongo.sock or mongodb://127.0.0.1:27017 */
  readonly uri: string;
  close(): Promise<void>;
}

/**
 * Starts a small MongoDB-compatible server on the data of a directory; README.md says what it can do.
 * @throws EmbeddedMongoError when the directory is in use, damaged, foreign, without data that `create` asks for, or the system lets nobody write there
 */
export async function startEmbeddedMongo(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const directory = resolve(options.dataDir);
  const onUnexpectedError = options.onError ?? ((error: Error) => console.error('embedded MongoDB:', error));
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const end of opened.reverse()) await end();
  };
  let closing: Promise<void> | undefined;
  let db: Database;
  const close = (): Promise<void> => (closing ??= closeAll());
  try {
    if (options.create === false) await checkData(directory);
    await checkDirectory(directory);
    const own = await socketPath(directory);
    opened.push(() => own.release());
    const storage = new Storage(directory, options.durable ?? true);
    opened.push(() => storage.close());
    const run = (request: Request): Promise<Buffer> => runCommand(db, request);
    const listen = async (where: { path: string } | { port: number }): Promise<MongoServer> => {
      const server = new MongoServer(run, onUnexpectedError);
      opened.push(() => server.close());
      await server.listen(where);
      return server;
    };
    await listen({ path: own.path });
    await claim(directory, storage, own);
    await markReady(directory);
    db = new Database(storage, onUnexpectedError);
    const port = options.port ?? (process.platform === 'win32' ? 0 : undefined);
    if (port === undefined) return { uri: `mongodb://${encodeURIComponent(own.path)}`, close };
    const server = await listen({ port });
    return { uri: `mongodb://127.0.0.1:${server.port}`, close };
  } catch (error) {
    await close();
    throw directoryError(directory, error);
  }
}

/**
 * Copies the data of a directory, as it is at one moment, into an empty one; a server that runs on it goes on. `startEmbeddedMongo`
 * starts on the copy as on the original.
 * @param backupDir made where it is missing
 * @throws EmbeddedMongoError where there is no data, or it is damaged, or `backupDir` is not empty or cannot be written
 */
export async function backUpEmbeddedMongo(dataDir: string, backupDir: string): Promise<void> {
  const [from, to] = [resolve(dataDir), resolve(backupDir)];
  try {
    await backUp(from, to);
  } catch (error) {
    if (error instanceof EmbeddedMongoError) throw error;
    throw new EmbeddedMongoError(`cannot back up ${from} to ${to}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
