import { startEmbeddedMongo } from '../embedded-mongo';

/** A database to connect to, and what it takes to be done with it. */
export interface DatabaseServer {
  readonly uri: string;
  close(): Promise<void>;
}

/**
 * The database of the standalone application: the one at `mongodbUri`, or, where that is not set, the embedded one
 * in `dataDir`, which is started first and closed last.
 * @throws EmbeddedMongoError when the directory is in use, damaged or not ours
 */
export function databaseServer(mongodbUri: string | undefined, dataDir: string): Promise<DatabaseServer> {
  if (mongodbUri !== undefined) return Promise.resolve({ uri: mongodbUri, close: () => Promise.resolve() });
  return startEmbeddedMongo({ dataDir });
}

export { EmbeddedMongoError } from '../embedded-mongo';
