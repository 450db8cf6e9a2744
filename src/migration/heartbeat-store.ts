import { DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { mongo } from 'mongoose';
import { DatabaseError } from '../canopsis/canopsis-error';
import type { DialectName, StoredHeartbeat } from '../canopsis/dialect';
import { DatabaseModule } from '../database/database.module';
import { DatabaseServer, EmbeddedMongoError, databaseServer } from '../database/database-server';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { HeartbeatModule } from '../heartbeat/heartbeat.module';
import { CLOCK, Clock } from '../time/clock';
import { MigrationError } from './migration-error';

/** Which database, and in which dialect heartbeats get their ids. */
export interface StoreOptions {
  /** Default: the embedded database in `dataDir`. */
  readonly mongodbUri?: string;
  readonly dataDir: string;
  readonly dialect: DialectName;
}

/** The heartbeats of a database that has its indexes and whose old documents are complete. */
export interface HeartbeatStore {
  readonly heartbeats: mongo.Collection<StoredHeartbeat>;
  /** Unix seconds. */
  now(): number;
  /** As `HeartbeatCollection` numbers them. */
  nextInserted(): number;
}

@Module({})
class MigrationModule {
  static register(uri: string, dialect: DialectName): DynamicModule {
    const heartbeats = HeartbeatModule.forRoot({ dialect, guard: false, routes: false });
    return { module: MigrationModule, imports: [DatabaseModule.register(uri), heartbeats] };
  }
}

/**
 * Opens the database as the application does, for as long as `work` takes.
 * @throws MigrationError where the database is away or in use, at once or while it works
 */
export async function withHeartbeats<T>(
  { mongodbUri, dataDir, dialect }: StoreOptions,
  work: (store: HeartbeatStore) => Promise<T>,
): Promise<T> {
  const server = await start(mongodbUri, dataDir);
  try {
    const root = MigrationModule.register(server.uri, dialect);
    const app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
    try {
      const collection = app.get(HeartbeatCollection, { strict: false });
      const clock = app.get<Clock>(CLOCK, { strict: false });
      // Past that door the driver's own limits hold: a request must be answered within 2 s, a batch need not.
      const heartbeats = await collection.run((ready) => Promise.resolve(ready));
      return await work({
        heartbeats,
        now: () => Math.floor(clock.now() / 1000),
        nextInserted: () => collection.nextInserted(),
      });
    } finally {
      await app.close();
    }
  } catch (error) {
    throw plainly(error);
  } finally {
    await server.close();
  }
}

async function start(mongodbUri: string | undefined, dataDir: string): Promise<DatabaseServer> {
  try {
    return await databaseServer(mongodbUri, dataDir);
  } catch (error) {
    if (!(error instanceof EmbeddedMongoError) || !error.message.includes('in use')) throw error;
    throw new MigrationError(`${error.message}: stop the application first`, { cause: error });
  }
}

/** The driver's errors name hosts, and no credentials. */
function plainly(error: unknown): unknown {
  const cause = error instanceof DatabaseError ? error.cause : error;
  const isOfDatabase =
    error instanceof DatabaseError || (cause instanceof Error && /^Mongo/.test(cause.name));
  if (!isOfDatabase) return error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new MigrationError(`the database failed: ${message}`, { cause });
}
