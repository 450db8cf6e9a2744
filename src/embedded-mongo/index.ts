import { resolve } from 'node:path';
import { Database } from './database';
import { checkDirectory, claim, markReady, socketPath } from './directory';
import { EmbeddedMongoError } from './errors';
import { MongoServer } from './server';
import { Storage } from './storage';

export { EmbeddedMongoError };

export interface EmbeddedMongoOptions {
  /** Where the data is kept; made where it is missing. One process at a time may use it. */
  dataDir: string;
  /** TCP port on loopback instead of the Unix socket; 0 = any free */
  port?: number;
  /** Is told of errors that are no answer to a client's mistakes; by default they go to standard error. */
  onError?: (error: Error) => void;
}

export interface EmbeddedMongo {
  /** connection string without database name or options, e.g. mongodb://%2Ftmp%2Fx%2Fmongo.sock or mongodb://127.0.0.1:27017 */
  readonly uri: string;
  close(): Promise<void>;
}

/**
 * Starts a small MongoDB-compatible server on the data of a directory; docs/embedded-mongo.md says what it can do.
 * @throws EmbeddedMongoError when the directory is in use, damaged or foreign
 */
export async function startEmbeddedMongo(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const directory = resolve(options.dataDir);
  const unforeseen = options.onError ?? ((error: Error) => console.error('embedded MongoDB:', error));
  await checkDirectory(directory);
  let db: Database;
  const own = await socketPath(directory);
  const storage = new Storage(directory);
  const servers = [new MongoServer(() => db, unforeseen)];
  const closeAll = async (): Promise<void> => {
    for (const server of servers) await server.close();
    await storage.close();
    await own.release();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());
  try {
    await servers[0].listen({ path: own.path });
    await claim(directory, storage, own);
    await markReady(directory);
    db = new Database(storage, unforeseen);
    const port = options.port ?? (process.platform === 'win32' ? 0 : undefined);
    if (port === undefined) return { uri: `mongodb://${encodeURIComponent(own.path)}`, close };
    servers.unshift(new MongoServer(() => db, unforeseen));
    await servers[0].listen({ port });
    return { uri: `mongodb://127.0.0.1:${servers[0].port}`, close };
  } catch (error) {
    await close();
    if (error instanceof EmbeddedMongoError) throw error;
    throw new EmbeddedMongoError(
      `the embedded MongoDB cannot start in ${directory}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
