import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { mongo } from 'mongoose';
import { databaseServer } from '../../src/database/database-server';
import { dropDatabase, ownDatabase } from './application';

/** A database that several applications of one test share. */
export interface TestDatabase {
  readonly uri: string;
  /** Runs work on its collection of heartbeats with the plain driver. */
  heartbeats<T>(work: (collection: mongo.Collection<Document>) => Promise<T>): Promise<T>;
  /** The same on any of its collections. */
  collection<T>(name: string, work: (collection: mongo.Collection<Document>) => Promise<T>): Promise<T>;
  /** Removes all of it. */
  close(): Promise<void>;
}

/** A document whose fields are anybody's guess. */
export type Document = { _id: unknown } & Record<string, unknown>;

/**
 * Starts a database for one test.
 * @param outside on which server; by default the MongoDB of `MONGODB_URI`; an embedded one where that is empty
 */
export async function startTestDatabase(outside = process.env.MONGODB_URI ?? ''): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'heartbeat-test-'));
  const server = await databaseServer(outside || undefined, dataDir);
  const uri = ownDatabase(server.uri);
  return {
    uri,
    heartbeats: (work) => withCollection(uri, 'heartbeat', work),
    collection: (name, work) => withCollection(uri, name, work),
    async close() {
      await dropDatabase(uri);
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function withCollection<T>(
  uri: string,
  name: string,
  work: (collection: mongo.Collection<Document>) => Promise<T>,
): Promise<T> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    return await work(connection.collection<Document>(name));
  } finally {
    await connection.close();
  }
}
