import { optionalPackage } from '../util/optional-package';
import { errorText } from '../util/error-text';

/** A database to connect to, and what it takes to be done with it. */
export interface DatabaseServer {
  readonly uri: string;
  close(): Promise<void>;
}

/** The embedded database cannot be used; the message says why, and what to do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';

  /** Whether another process runs on the directory, so that nothing is wrong with it. */
  get isInUse(): boolean {
    return this.message.includes('in use by another process');
  }
}

/**
 * The database of the standalone application: the one at `mongodbUri`, or, where that is not set, the embedded one
 * in `dataDir`, which is started first and closed last. One that is not durable waits for no disk; where none is to be created, nothing is.
 * @throws EmbeddedDatabaseError when its package is not installed, or the directory is in use, damaged, not ours or without data
 * where none is to be created
 */
export async function databaseServer(
  mongodbUri: string | undefined,
  dataDir: string,
  { durable = true, create = true }: { durable?: boolean; create?: boolean } = {},
): Promise<DatabaseServer> {
  if (mongodbUri !== undefined) return { uri: mongodbUri, close: () => Promise.resolve() };
  return withEmbedded(({ startEmbeddedMongo }) => startEmbeddedMongo({ dataDir, durable, create }));
}

/**
 * Copies the embedded database in `dataDir`, as it is at one moment, into an empty directory; whoever runs on it goes on.
 * @throws EmbeddedDatabaseError when its package is not installed, there is no data, or it cannot be copied
 */
export async function backUpDatabase(dataDir: string, directory: string): Promise<void> {
  await withEmbedded(({ backUpEmbeddedMongo }) => backUpEmbeddedMongo(dataDir, directory));
}

async function withEmbedded<T>(work: (embedded: typeof import('embedded-mongo')) => Promise<T>): Promise<T> {
  const embedded = embeddedMongo();
  try {
    return await work(embedded);
  } catch (error) {
    if (!(error instanceof embedded.EmbeddedMongoError)) throw error;
    throw new EmbeddedDatabaseError(error.message, { cause: error });
  }
}

/** @throws EmbeddedDatabaseError where the package of the embedded database is not installed, or lacks what it needs itself */
export function refuseMissingDatabase(): void {
  embeddedMongo();
}

/** Loaded only here: who has a MongoDB of their own need not install it, nor wait for what it is made of. */
function embeddedMongo(): typeof import('embedded-mongo') {
  try {
    return optionalPackage('embedded-mongo', 'A database without MONGODB_URI');
  } catch (cause) {
    throw new EmbeddedDatabaseError(errorText(cause), { cause });
  }
}
