import { startEmbeddedMongo } from 'embedded-mongo';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A database for one test. */
export interface Database {
  readonly uri: string;
  stop(): Promise<void>;
}

/** Starts an embedded MongoDB, with its data in a temporary directory. */
export async function startDatabase(): Promise<Database> {
  const dataDir = await mkdtemp(join(tmpdir(), 'operations-'));
  const server = await startEmbeddedMongo({ dataDir });
  return {
    uri: server.uri,
    stop: async () => {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
