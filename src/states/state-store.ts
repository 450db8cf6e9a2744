import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Connection, mongo } from 'mongoose';
import { connectedDatabase } from '../database/connected-database';
import { COLLECTION_NAMES, CollectionNames, HEARTBEAT_CONNECTION } from '../heartbeat/heartbeat.options';
import { isDuplicateKey, writeErrorsOf } from '../database/duplicate-key';
import type { Arrivals } from './history/arrivals';
import { type HeartbeatState, tombstone } from './heartbeat-state';
import { isSound } from './sound-state';
import { namedIds } from '../util/named-ids';

const { BSON } = mongo;

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/**
 * For the search for silence, for what is to be sent, for what is to be deleted, for what is to be repeated, for what has
 * changed lately, for alarms that are over, and for those that are older than their state.
 */
const INDEXES: mongo.IndexDescription[] = [
  { key: { state: 1, deadline: 1 } },
  { key: { unsent: 1, leased_until: 1 } },
  { key: { webhook_unsent: 1, webhook_leased_until: 1 }, sparse: true },
  { key: { alertmanager_unsent: 1, alertmanager_leased_until: 1 }, sparse: true },
  { key: { removed: 1 }, sparse: true },
  { key: { repeat_at: 1 }, sparse: true },
  { key: { refresh_at: 1 }, sparse: true },
  { key: { since: 1 } },
  { key: { past_to: 1 }, sparse: true },
  { key: { alarm_since: 1 }, sparse: true },
];

/**
 * The repository of the states: the only place that asks the database for them, and for what was kept of arrivals. Everything
 * rejects with the driver's error while the database is away; who answers a request calls through the `CallGuard`.
 */
@Injectable()
export class StateStore {
  private readonly logger = new Logger(StateStore.name);

  constructor(
    @Inject(HEARTBEAT_CONNECTION) private readonly connection: Connection,
    @Inject(COLLECTION_NAMES) private readonly names: CollectionNames,
  ) {}

  /** Makes the indexes, where they are not there yet. */
  async prepare(): Promise<void> {
    await this.states.createIndexes(INDEXES);
  }

  /**
   * Marks the state of a heartbeat that was removed. Where there is none yet, the mark is put there all the same: an
   * engine that is about to insert the state finds it.
   * @param now milliseconds since the epoch
   */
  async markRemoved(id: string, now: number): Promise<void> {
    const mark = { $set: { removed: true }, $setOnInsert: tombstone(now) } as const;
    try {
      await this.states.updateOne({ _id: id }, mark, { upsert: true });
    } catch (error) {
      // Somebody has inserted it between the search and the insertion.
      if (!isDuplicateKey(error)) throw error;
      await this.states.updateOne({ _id: id }, mark);
    }
  }

  /**
   * Makes many writes at once, in any order. A document that cannot be written to, since another program has put something else
   * into a field, is discarded: it must not hold up all others.
   * @returns how many of them found the document that they are for
   */
  async write(writes: Write[]): Promise<number> {
    if (writes.length === 0) return 0;
    try {
      return foundBy(await this.states.bulkWrite(writes, { ordered: false }));
    } catch (error) {
      const ids = writeErrorsOf(error).flatMap(({ index }) => idsIn(writes[index]));
      if (ids.length === 0 || (await this.discardDamaged(ids)) === 0) throw error;
      return foundBy(error as mongo.MongoBulkWriteError);
    }
  }

  /** Deletes states that are not sound, so that they begin anew, and says so. */
  async discard(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.states.deleteMany({ _id: { $in: [...ids] } });
    this.logger.warn(
      `what was stored of the state of a heartbeat was not as this program writes it, and begins anew, without its open alarm: ${namedIds(ids)}`,
    );
  }

  /** @returns how many of these were not sound */
  private async discardDamaged(ids: readonly string[]): Promise<number> {
    const found = await this.states.find({ _id: { $in: [...ids] } }).toArray();
    const damaged = found.filter((state) => !isSound(state)).map(({ _id }) => _id);
    await this.discard(damaged);
    return damaged.length;
  }

  /**
   * Reads the states that a filter finds, each once: a cursor that walks along an index gives a document twice where another
   * process moves it within that index meanwhile. Where they are long, so that they fill a batch of the database (MongoDB:
   * 16 MiB), those of the first batch alone.
   */
  async read<T extends { _id: string } = HeartbeatState>(
    filter: mongo.Filter<HeartbeatState>,
    options: mongo.FindOptions & { readonly limit: number },
  ): Promise<T[]> {
    const whole = { ...options, batchSize: options.limit, singleBatch: true };
    const found = await this.readAll<T>(filter, whole);
    return [...new Map(found.map((state) => [state._id, state])).values()];
  }

  /** Reads all that a filter finds, however long; a document may come twice. */
  async readAll<T extends { _id: string } = HeartbeatState>(
    filter: mongo.Filter<HeartbeatState>,
    options: mongo.FindOptions,
  ): Promise<T[]> {
    const found = await this.cursor(filter, options).toArray();
    return found.map((bytes) => BSON.deserialize(bytes) as T);
  }

  /**
   * The same as a cursor of the bytes that the database sends, for the {@link CallGuard} to read it in batches and
   * decode it.
   */
  cursor(filter: mongo.Filter<HeartbeatState>, options: mongo.FindOptions): mongo.FindCursor<Buffer> {
    return this.states.find<Buffer>(filter, { ...options, raw: true });
  }

  /**
   * Stores new states, each whether or not there is another one with its id.
   * @returns `duplicate` where there is one of any of them
   */
  async insert(states: readonly HeartbeatState[]): Promise<'stored' | 'duplicate'> {
    if (states.length === 0) return 'stored';
    try {
      await this.states.insertMany([...states], { ordered: false });
      return 'stored';
    } catch (error) {
      if (isDuplicateKey(error)) return 'duplicate';
      throw error;
    }
  }

  /** @returns how many states a filter finds */
  count(filter: mongo.Filter<HeartbeatState>, options: mongo.CountDocumentsOptions = {}): Promise<number> {
    return this.states.countDocuments(filter, options);
  }

  /** @returns when events of these heartbeats came lately ({@link Arrivals}, as bytes), in no special order */
  arrivals(ids: readonly string[]): mongo.FindCursor<Buffer> {
    return this.arrivalDocuments.find<Buffer>({ _id: { $in: [...ids] } }, { raw: true });
  }

  /** Adds when events came. @param arrivals in seconds, by the heartbeat's id. @param kept how many of each are kept */
  async addArrivals(arrivals: readonly (readonly [id: string, at: number[]])[], kept: number): Promise<void> {
    const writes = arrivals.map(([_id, at]) => {
      const update = { $push: { at: { $each: at, $slice: -kept } } };
      return { updateOne: { filter: { _id }, update, upsert: true } };
    });
    await this.arrivalDocuments.bulkWrite(writes, { ordered: false });
  }

  async removeArrivals(id: string): Promise<void> {
    await this.arrivalDocuments.deleteOne({ _id: id });
  }

  /** @returns a state whose alarms wait to be sent, or are being sent; null where there is none */
  nextUnsent(): Promise<Pick<HeartbeatState, '_id'> | null> {
    return this.states.findOne({ unsent: { $gte: 1 } }, { projection: { _id: 1 } });
  }

  /** One document for each heartbeat. */
  private get states(): mongo.Collection<HeartbeatState> {
    return this.database.collection<HeartbeatState>(this.names.states);
  }

  /** When events of each heartbeat came lately, for pictures. */
  private get arrivalDocuments(): mongo.Collection<Arrivals> {
    return this.database.collection<Arrivals>(this.names.arrivals);
  }

  private get database(): mongo.Db {
    return connectedDatabase(this.connection);
  }
}

const foundBy = ({
  matchedCount,
  deletedCount,
}: Pick<mongo.BulkWriteResult, 'matchedCount' | 'deletedCount'>): number => matchedCount + deletedCount;

/** The ids of the documents that a write is for. */
function idsIn(write: Write | undefined): string[] {
  const { filter } = (Object.values(write ?? {})[0] ?? {}) as {
    readonly filter?: mongo.Filter<HeartbeatState>;
  };
  const id = filter?._id as string | { readonly $in: string[] } | undefined;
  return typeof id === 'string' ? [id] : (id?.$in ?? []);
}

/** What the parts of an engine need of it; a test may keep the documents in memory. */
export type StateDocuments = Pick<StateStore, 'read' | 'readAll' | 'write'>;
