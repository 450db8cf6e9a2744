import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { type BenchServer, startServer } from './servers';
import { type MoreFields, fillHeartbeats } from './stored-heartbeats';

/** The embedded database in a process of its own, in a directory of its own where none is named. */
export const embeddedServer = (directory = 'DATA_DIR'): Promise<BenchServer> =>
  startServer('packages/embedded-mongo/dist/main.js', ['--port', '0', '--data', directory]);

/** Stores so many heartbeats in the database of this connection string. */
export async function fillAt(uri: string, count: number, more?: MoreFields): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  await fillHeartbeats(connection, count, more);
  await connection.close();
}

/** A data directory with so many heartbeats, and what removes it. */
export interface FilledDirectory {
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/**
 * A data directory as the application leaves it, with so many heartbeats in it.
 * @param script the build's `dist/main.js`
 */
export async function filledDirectory(
  count: number,
  { script = 'dist/main.js', more }: { script?: string; more?: MoreFields } = {},
): Promise<FilledDirectory> {
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-bench-'));
  const database = await embeddedServer(directory);
  await fillAt(`${database.url}/canopsis`, count, more);
  await database.stop();
  const env = { DATA_DIR: directory };
  // The first start completes what the documents lack, and makes the states.
  const first = await startServer(script, [], env);
  await first.said(`watching ${count} heartbeats`);
  await first.stop();
  return { env, remove: () => rm(directory, { recursive: true, force: true }) };
}
