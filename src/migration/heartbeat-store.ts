import { DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { mongo } from 'mongoose';
import { DatabaseError } from '../canopsis/canopsis-error';
import type { DialectName } from '../domain/dialect';
import type { StoredHeartbeat } from '../heartbeat/heartbeat.schema';
import { DatabaseModule } from '../database/database.module';
import { DatabaseServer, EmbeddedDatabaseError, databaseServer } from '../database/database-server';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { HeartbeatModule } from '../heartbeat/heartbeat.module';
import { InsertionOrder } from '../heartbeat/insertion-order';
import { CLOCK, Clock } from '../util/clock';
import { TimeoutError } from '../util/timeout';
import { MigrationError } from './migration-error';
import { errorText } from '../util/error-text';

/** Milliseconds. */
const READY_WITHIN_MS = 60_000;

/** Which database, and in which dialect heartbeats get their ids. */
export interface StoreOptions {
  /** Default: the embedded database in `dataDir`. */
  readonly mongodbUri?: string;
  readonly dataDir: string;
  readonly dialect: DialectName;
  /** Whether an embedded database is made where there is none. Default: true. */
  readonly create?: boolean;
}

/** The heartbeats of a database that has its indexes and whose old documents are complete. */
export interface HeartbeatStore {
  readonly heartbeats: mongo.Collection<StoredHeartbeat>;
  /** Unix seconds. */
  now(): number;
  /** As `InsertionOrder` numbers them. */
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
 * @throws MigrationError where the database is away or in use, at once or while it works; EmbeddedDatabaseError where there is none,
 * and none is to be made
 */
export async function withHeartbeats<T>(
  options: StoreOptions,
  work: (store: HeartbeatStore) => Promise<T>,
): Promise<T> {
  const server = await start(options);
  try {
    const root = MigrationModule.register(server.uri, options.dialect);
    const app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
    try {
      const collection = app.get(HeartbeatCollection, { strict: false });
      const clock = app.get<Clock>(CLOCK, { strict: false });
      const order = app.get(InsertionOrder, { strict: false });
      // Past that door the driver's own limits hold: a request must be answered within 2 s, a batch need not.
      const heartbeats = await whenReady(collection);
      return await work({
        heartbeats,
        now: () => Math.floor(clock.now() / 1000),
        nextInserted: () => order.next(),
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

/**
 * Making indexes and completing documents of old may take longer than a request waits, as may a busy machine.
 * @throws DatabaseError where the database is away, at once, or takes longer than a minute
 */
async function whenReady(collection: HeartbeatCollection): Promise<mongo.Collection<StoredHeartbeat>> {
  const until = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await collection.prepared();
    } catch (error) {
      const isLate = error instanceof DatabaseError && error.cause instanceof TimeoutError;
      if (!isLate || performance.now() > until) throw error;
    }
  }
}

async function start({ mongodbUri, dataDir, create }: StoreOptions): Promise<DatabaseServer> {
  try {
    return await databaseServer(mongodbUri, dataDir, { create });
  } catch (error) {
    if (!(error instanceof EmbeddedDatabaseError && error.isInUse)) throw error;
    throw new MigrationError(`${error.message}: stop the application first`, { cause: error });
  }
}

/** The driver's errors name hosts, and no credentials. */
function plainly(error: unknown): unknown {
  const cause = error instanceof DatabaseError ? error.cause : error;
  const isOfDatabase =
    error instanceof DatabaseError || (cause instanceof Error && /^Mongo/.test(cause.name));
  if (!isOfDatabase) return error;
  const message = errorText(cause);
  return new MigrationError(`the database failed: ${message}`, { cause });
}
