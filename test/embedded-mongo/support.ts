import { startEmbeddedMongo, type EmbeddedMongo } from '../../src/embedded-mongo';
import { mongo } from 'mongoose';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh directory, which `remove` takes away again. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'embedded-mongo-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A running embedded MongoDB with a connected client; `stop` ends both and removes the data. */
export interface Running {
  server: EmbeddedMongo;
  client: mongo.MongoClient;
  db: mongo.Db;
  dataDir: string;
  stop(): Promise<void>;
}

export async function start(port?: number): Promise<Running> {
  const directory = await temporaryDirectory();
  const server = await startEmbeddedMongo({ dataDir: directory.path, port });
  const client = await new mongo.MongoClient(server.uri).connect();
  const stop = async (): Promise<void> => {
    await client.close();
    await server.close();
    await directory.remove();
  };
  return { server, client, db: client.db('test'), dataDir: directory.path, stop };
}

/** The code of the error that a promise is rejected with, or `undefined` when it is not. */
export async function errorCode(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: { code?: unknown; message?: string }) => error.code ?? error.message,
  );
}
