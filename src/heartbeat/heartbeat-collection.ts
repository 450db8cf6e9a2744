import { Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import type { Model, mongo } from 'mongoose';
import { DatabaseError } from '../canopsis/canopsis-error';
import type { StoredHeartbeat } from '../canopsis/dialect';
import { CLOCK, Clock } from '../time/clock';
import { isDuplicateKey } from './duplicate-key';
import { HEARTBEAT_INDEXES, HEARTBEAT_MODEL, Heartbeat } from './heartbeat.schema';
import { completeOldDocuments } from './old-documents';
import { LONG_PATIENCE_MS, PATIENCE_MS } from './patience';
import { findAll, insertAll } from './shared-trips';
import { Together } from './together';
import { within } from '../time/within';

/** What waits at the same moment goes to the database together: on so few trips at once that company gathers. */
const SHARED = { items: 500, patienceMs: PATIENCE_MS };
const READING = { ...SHARED, trips: 2 };
/** A trip that writes costs a commit. */
const WRITING = { ...SHARED, trips: 1 };
const LOG_EVERY_MS = 1_000;

type Heartbeats = mongo.Collection<StoredHeartbeat>;

/**
 * The only way to the heartbeats in the database. It lets nobody in before the indexes exist and the documents of old
 * are complete, so that no two heartbeats can share a pattern; and it says `DatabaseError` for all that goes wrong.
 */
@Injectable()
export class HeartbeatCollection implements OnApplicationBootstrap {
  private readonly logger = new Logger(HeartbeatCollection.name);
  private prepared = false;
  private preparing?: Promise<void>;
  private lastInserted = 0;
  private lastLogged = Number.NEGATIVE_INFINITY;
  private readonly finding = new Together((ids: string[]) => findAll(this.heartbeats(), ids), READING);
  private readonly inserting = new Together(
    (documents: StoredHeartbeat[]) => insertAll(this.heartbeats(), documents),
    WRITING,
  );

  constructor(
    @Inject(HEARTBEAT_MODEL) private readonly model: Model<Heartbeat>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    // What comes back may be another server, or an empty one: look again.
    model.db.on('disconnected', () => (this.prepared = false));
  }

  /** Prepares the collection before the application listens; a database that is away is waited for by the requests. */
  async onApplicationBootstrap(): Promise<void> {
    await this.prepare().catch((error: unknown) =>
      this.logger.warn(`heartbeats are not ready: ${String(error)}`),
    );
  }

  /** Whether the indexes exist and the documents are complete since the last connection. Never throws. */
  async isReady(): Promise<boolean> {
    if (!this.prepared) await within(PATIENCE_MS, this.prepare()).catch(() => undefined);
    return this.prepared;
  }

  /**
   * Runs an operation of the driver on the collection `heartbeat`. One that reads is to be given `IN_TIME`.
   * @throws DatabaseError when the database is away, slow or refuses; a duplicate key passes as the driver's own error
   */
  run<T>(operation: (heartbeats: Heartbeats) => Promise<T>): Promise<T> {
    return this.guard(async () => {
      const began = performance.now();
      // Not in one go: what nobody waits for any more must not be begun, least of all where it writes.
      const heartbeats = this.prepared ? this.heartbeats() : await within(PATIENCE_MS, this.whenReady());
      return within(PATIENCE_MS - (performance.now() - began), operation(heartbeats));
    });
  }

  /**
   * @returns the heartbeat with this id, or undefined
   * @throws DatabaseError as {@link run}
   */
  find(id: string): Promise<StoredHeartbeat | undefined> {
    return this.run(() => this.finding.run(id));
  }

  /**
   * Stores a new heartbeat.
   * @throws the driver's error where a unique index refuses it; DatabaseError as {@link run}
   */
  insert(heartbeat: StoredHeartbeat): Promise<void> {
    return this.run(async () => {
      const refusal = await this.inserting.run(heartbeat);
      if (refusal !== undefined) throw refusal;
    });
  }

  /**
   * Reads all that a query finds.
   * @param maxTimeMS how long the database may work on it altogether; more than the default where the list may be long
   * @throws DatabaseError as {@link run}
   */
  async readAll(
    find: (heartbeats: Heartbeats) => mongo.FindCursor<StoredHeartbeat>,
    maxTimeMS = PATIENCE_MS,
  ): Promise<StoredHeartbeat[]> {
    const found: StoredHeartbeat[] = [];
    for await (const batch of this.batches(find, PATIENCE_MS, maxTimeMS))
      for (const document of batch) found.push(document);
    return found;
  }

  /**
   * Gives all that a query finds, a batch of the cursor at a time. A long list may take its time; what is bounded is each
   * batch of it, and the work of the database on all of them.
   * @param patienceMs how long the first batch may take
   * @param maxTimeMS how long the database may work on it altogether
   * @throws DatabaseError as {@link run}
   */
  async *batches<T = StoredHeartbeat>(
    find: (heartbeats: Heartbeats) => mongo.FindCursor<T>,
    patienceMs = PATIENCE_MS,
    maxTimeMS = LONG_PATIENCE_MS,
  ): AsyncGenerator<T[], void> {
    const began = performance.now();
    const cursor = find(await this.guard(() => within(PATIENCE_MS, this.whenReady()))).maxTimeMS(maxTimeMS);
    let patience = patienceMs - (performance.now() - began);
    const next = (): Promise<boolean> => within(patience, cursor.hasNext());
    try {
      while (await this.guard(next)) {
        yield cursor.readBufferedDocuments();
        patience = LONG_PATIENCE_MS;
      }
    } finally {
      cursor.close().catch(() => undefined);
    }
  }

  /** @returns a number greater than any before: microseconds since the epoch where the clock allows it */
  nextInserted(): number {
    this.lastInserted = Math.max(this.lastInserted + 1, this.clock.now() * 1000);
    return this.lastInserted;
  }

  private async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isDuplicateKey(error)) throw error;
      this.logNowAndThen(error);
      throw new DatabaseError(error);
    }
  }

  private async whenReady(): Promise<Heartbeats> {
    if (!this.prepared) await this.prepare();
    return this.heartbeats();
  }

  private heartbeats(): Heartbeats {
    const { db } = this.model.db;
    if (!db) throw new Error('not connected yet');
    return db.collection<StoredHeartbeat>(this.model.collection.collectionName);
  }

  private prepare(): Promise<void> {
    this.preparing ??= this.makeReady().finally(() => (this.preparing = undefined));
    return this.preparing;
  }

  private async makeReady(): Promise<void> {
    await this.model.db.asPromise();
    const heartbeats = this.heartbeats();
    for (const [keys, options] of HEARTBEAT_INDEXES) {
      await heartbeats.createIndex(keys, options);
    }
    const now = Math.floor(this.clock.now() / 1000);
    await completeOldDocuments(heartbeats, now, () => this.nextInserted(), this.logger);
    this.prepared = true;
  }

  /** A lost database fails every request: one line a second says it as well as thousands. */
  private logNowAndThen(error: unknown): void {
    const now = performance.now();
    if (now - this.lastLogged < LOG_EVERY_MS) return;
    this.lastLogged = now;
    this.logger.warn(`database error: ${error instanceof Error ? error.message : String(error)}`);
  }
}
