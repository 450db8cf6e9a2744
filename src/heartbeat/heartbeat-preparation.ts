import { Inject, Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Model, mongo } from 'mongoose';
import type { Gate } from '../database/call-guard';
import { connectedDatabase } from '../database/connected-database';
import { REQUEST_TIMEOUT_MS } from '../database/timeouts';
import { CLOCK, Clock } from '../util/clock';
import { withTimeout } from '../util/timeout';
import { areIndexed, makeIndexes } from './heartbeat-indexes';
import { HEARTBEAT_MODEL, type StoredHeartbeat } from './heartbeat.schema';
import { InsertionOrder } from './insertion-order';
import { type CompletionContext, completeOldDocuments } from './old-documents';
import { errorText } from '../util/error-text';

/** How often it is looked whether the indexes are still there, in milliseconds. */
const LOOK_EVERY_MS = 5_000;

/**
 * Makes the collection ready: its indexes exist, and the documents of old are complete, so that no two heartbeats can share a
 * pattern. Before that nobody is let in; neither while it is done again, where the indexes have gone with a collection that
 * somebody dropped.
 */
@Injectable()
export class HeartbeatPreparation implements Gate, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(HeartbeatPreparation.name);
  private prepared = false;
  private preparing?: Promise<void>;
  private looking?: Promise<void>;
  private timer?: NodeJS.Timeout;

  constructor(
    @Inject(HEARTBEAT_MODEL) private readonly model: Model<StoredHeartbeat>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly order: InsertionOrder,
  ) {
    // What comes back may be another server, or an empty one: look again.
    model.db.on('disconnected', () => (this.prepared = false));
  }

  /** Prepares the collection before the application listens; a database that is away is waited for by the requests. */
  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, LOOK_EVERY_MS).unref();
    await this.tryToOpen();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  get isOpen(): boolean {
    return this.prepared;
  }

  open(): Promise<void> {
    this.preparing ??= this.prepare().finally(() => (this.preparing = undefined));
    return this.preparing;
  }

  /** Whether the indexes exist and the documents are complete since the last connection. Never throws. */
  async isReady(): Promise<boolean> {
    if (!this.prepared) await withTimeout(REQUEST_TIMEOUT_MS, this.open()).catch(() => undefined);
    return this.prepared;
  }

  /** The collection of the driver, for the repository alone. */
  get heartbeats(): mongo.Collection<StoredHeartbeat> {
    return connectedDatabase(this.model.db).collection<StoredHeartbeat>(this.model.collection.collectionName);
  }

  /** What completing a document needs to know now. */
  completion(): Pick<CompletionContext, 'now' | 'nextInserted'> {
    const now = Math.floor(this.clock.now() / 1000);
    return { now, nextInserted: () => this.order.next() };
  }

  /** Never rejects: it is done again, and what fails while the database is away is told by who needs it. */
  private async look(): Promise<void> {
    if (!this.prepared || (await areIndexed(this.heartbeats).catch(() => true))) return;
    this.logger.warn(
      'indexes of the heartbeats are gone, as when their collection is dropped or restored: they are made again, and all heartbeats looked through as at a start',
    );
    this.prepared = false;
    await this.tryToOpen();
  }

  private tryToOpen(): Promise<void> {
    return this.open().catch((error: unknown) =>
      this.logger.warn(`heartbeats are not ready: ${errorText(error)}`),
    );
  }

  private async prepare(): Promise<void> {
    await this.model.db.asPromise();
    const { heartbeats } = this;
    await makeIndexes(heartbeats);
    await completeOldDocuments(heartbeats, { ...this.completion(), logger: this.logger });
    this.prepared = true;
  }
}
