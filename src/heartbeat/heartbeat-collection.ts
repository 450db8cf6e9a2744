import { Injectable, Logger } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { CallGuard } from '../database/call-guard';
import { COUNT_ALL_OPTIONS, READ_OPTIONS, REQUEST_TIMEOUT_MS, STREAM_TIMEOUT_MS } from '../database/timeouts';
import type { StoredHeartbeat } from './heartbeat.schema';
import { TEXT_FIELDS } from '../domain/heartbeat-fields';
import { nameKey } from '../domain/name';
import type { Pattern } from '../domain/pattern';
import type { Pause } from '../domain/pause';
import { RequestCoalescer } from '../util/request-coalescer';
import { chunksOf } from './bulk/chunks';
import { keysOf } from './bulk/marking';
import {
  charactersOf,
  findByIds,
  findMany,
  foreignIds,
  type Insertion,
  insertMany,
} from './heartbeat-batches';
import { HeartbeatPreparation } from './heartbeat-preparation';
import { complete, tellOfRepeated } from './old-documents';
import { type Repeated, passOn } from './repeated-patterns';
import type { StoredFields } from './stored-fields';
import { decoded, foreignIdsOf } from './stored-id';

/** What waits at the same moment goes to the database as one batch: with so few in flight that the next one fills. */
const SHARED = { maxBatchSize: 500, timeoutMs: REQUEST_TIMEOUT_MS };
const READING = { ...SHARED, maxInFlight: 2 };
/** A batch that writes costs a commit, and is small enough to be stored before its clients give up. */
const WRITING = { ...SHARED, maxInFlight: 1, maxBatchWeight: 4_000_000, weigh: charactersOf };

/** How many ids are looked up at once, by the index of ids alone. */
const ID_BATCH = 1_000;

type Heartbeats = mongo.Collection<StoredHeartbeat>;
export type HeartbeatFilter = mongo.Filter<StoredHeartbeat>;
export type HeartbeatWrite = mongo.AnyBulkWriteOperation<StoredHeartbeat>;
type Keyed = Pick<StoredHeartbeat, 'pattern_key'>;

/** How long a list may take, in milliseconds; what is absent is as a request has it. */
export interface ListTimes {
  /** The first batch. */
  readonly timeoutMs?: number;
  /** The database's work on all of them. */
  readonly maxTimeMS?: number;
}

/**
 * The repository of the heartbeats: the only place that asks the database for them. Every method throws `DatabaseError` when
 * the database fails, and waits until the collection is prepared.
 */
@Injectable()
export class HeartbeatCollection {
  private readonly logger = new Logger(HeartbeatCollection.name);
  private readonly finding = new RequestCoalescer(
    (ids: string[]) => findMany(this.preparation.heartbeats, ids),
    READING,
  );
  private readonly inserting = new RequestCoalescer(
    (documents: StoredHeartbeat[]) => insertMany(this.preparation.heartbeats, documents),
    WRITING,
  );

  constructor(
    private readonly preparation: HeartbeatPreparation,
    private readonly guard: CallGuard,
  ) {}

  /** @returns the heartbeat with this id, or undefined */
  find(id: string): Promise<StoredHeartbeat | undefined> {
    return this.guard.run(() => this.finding.run(id));
  }

  /** Stores a new heartbeat. @returns `duplicate` where a unique index refuses it */
  insert(heartbeat: StoredHeartbeat): Promise<Insertion> {
    return this.guard.run(async () => {
      const outcome = await this.inserting.run(heartbeat);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
  }

  /** Reads the heartbeats that are known by these ids, also those whose `_id` is no text. */
  readByIds(ids: readonly string[], projection?: mongo.Document): Promise<StoredHeartbeat[]> {
    return this.run((heartbeats) => findByIds(heartbeats, ids, { projection, ...READ_OPTIONS }));
  }

  /** @returns the ids of the heartbeats whose patterns have all fields of one of these, with their values */
  async idsWithin(parts: readonly Readonly<Pattern>[]): Promise<string[]> {
    const $or = parts.map((part) =>
      Object.fromEntries(Object.entries(part).map(([field, value]) => [`pattern.${field}`, value])),
    );
    const found = await this.readAll({ $or }, { projection: { _id: 1 } }, STREAM_TIMEOUT_MS);
    return found.map(({ _id }) => _id);
  }

  /** @returns the ids, as texts, of all heartbeats whose `_id` is no text, or an empty one: few, which no range of ids has */
  async foreignIds(): Promise<string[]> {
    return [...new Set(await this.run(foreignIds))];
  }

  /** @returns those of {@link foreignIds}, and which of them several heartbeats are known by */
  async sharedIds(): Promise<{ foreign: Set<string>; shared: string[] }> {
    const foreign = new Set<string>();
    const shared = new Set<string>();
    for (const id of await this.run(foreignIds)) (foreign.has(id) ? shared : foreign).add(id);
    for (const ids of chunksOf([...foreign], ID_BATCH)) {
      const texts = await this.readAll({ _id: { $in: ids } }, { projection: { _id: 1 } });
      // The empty text is among them as a text.
      for (const { _id } of texts) if (_id !== '') shared.add(_id);
    }
    return { foreign, shared: [...shared] };
  }

  /**
   * Reads all that a filter finds.
   * @param maxTimeMS how long the database may work on it altogether; more than the default where the list may be long
   */
  async readAll(
    filter: HeartbeatFilter,
    options: mongo.FindOptions = {},
    maxTimeMS = REQUEST_TIMEOUT_MS,
  ): Promise<StoredHeartbeat[]> {
    return this.guard.readAll<StoredHeartbeat>(() => this.cursor(filter, options), maxTimeMS, decoded);
  }

  /**
   * Reads the heartbeats whose ids come next, in the order of their ids; those of {@link foreignIds} are left out.
   * @returns of long ones fewer than `limit`, though there are more: as many as one answer of the database holds
   */
  readAfter(after: string, limit: number, projection: mongo.Document): Promise<StoredHeartbeat[]> {
    const next = { sort: { _id: 1 }, limit, batchSize: limit, singleBatch: true, projection } as const;
    return this.readAll({ _id: { $gt: after } }, next);
  }

  /** Gives all that a filter finds, a batch of the cursor at a time: a long list may take its time. */
  async *batches(
    filter: HeartbeatFilter,
    options: mongo.FindOptions,
    times?: ListTimes,
  ): AsyncGenerator<StoredHeartbeat[], void> {
    for await (const batch of this.rawBatches(filter, options, times))
      yield batch.map((bytes) => decoded<StoredHeartbeat>(bytes));
  }

  /** The same as the bytes that the database sends: BSON, where most documents are known by them. */
  rawBatches(
    filter: HeartbeatFilter,
    options: mongo.FindOptions,
    { timeoutMs, maxTimeMS }: ListTimes = {},
  ): AsyncGenerator<Buffer[], void> {
    return this.guard.batches(() => this.cursor(filter, options), timeoutMs, maxTimeMS);
  }

  private cursor(filter: HeartbeatFilter, options: mongo.FindOptions): mongo.FindCursor<Buffer> {
    return this.preparation.heartbeats.find<Buffer>(filter, { ...options, raw: true });
  }

  /** @returns how many a filter finds */
  count(filter: HeartbeatFilter): Promise<number> {
    return this.run((heartbeats) => heartbeats.countDocuments(filter, READ_OPTIONS));
  }

  /** @returns how many there are, counted by the index of ids alone: some 10 ms for each 100,000 */
  countAll(): Promise<number> {
    return this.run((heartbeats) => heartbeats.countDocuments({}, COUNT_ALL_OPTIONS));
  }

  /**
   * Replaces all of a heartbeat but its id and the time of its creation.
   * @returns whose pattern it was before; undefined where there is no such heartbeat
   * @throws the driver's error where a unique index refuses it
   */
  async replace(
    id: string,
    fields: StoredFields & Pick<StoredHeartbeat, 'updated'>,
  ): Promise<Keyed | undefined> {
    const absent = TEXT_FIELDS.filter((text) => fields[text] === undefined);
    const $unset: Record<string, ''> = Object.fromEntries(
      [...absent, 'bulk', 'before', 'repeats'].map((field) => [field, '']),
    );
    // What version 4 has claimed goes with the name.
    const claims = typeof fields.name === 'string' ? [null, nameKey(fields.name)] : [null];
    const update = (filter: HeartbeatFilter, gone: Record<string, ''>): Promise<Keyed | undefined> =>
      this.writeById(id, (heartbeats, _id) =>
        heartbeats.findOneAndUpdate({ ...filter, _id }, { $set: fields, $unset: gone }, KEY_ALONE),
      );
    return (
      (await update({ name_key: { $in: claims } }, $unset)) ?? (await update({}, { ...$unset, name_key: '' }))
    );
  }

  /**
   * Stores a heartbeat's pause in the place of its last one.
   * @param updated unix seconds, so that engines elsewhere look
   * @returns whether there is such a heartbeat
   */
  async setPause(id: string, pause: Pause, updated: number): Promise<boolean> {
    const $set = { pause, updated };
    const found = await this.writeById(id, (heartbeats, _id) =>
      heartbeats.findOneAndUpdate({ _id }, { $set }, KEY_ALONE),
    );
    return found !== undefined;
  }

  /** @returns whose pattern it was; undefined where there is no such heartbeat */
  remove(id: string): Promise<Keyed | undefined> {
    return this.writeById(id, (heartbeats, _id) => heartbeats.findOneAndDelete({ _id }, KEY_ALONE));
  }

  /**
   * Makes many writes, each whether or not another fails, unless they are to be made in order.
   * @returns how many were inserted or found their document
   * @throws the driver's error where a unique index refuses any
   */
  async write(operations: readonly HeartbeatWrite[], { ordered = false } = {}): Promise<number> {
    if (operations.length === 0) return 0;
    const { insertedCount, matchedCount } = await this.run((heartbeats) =>
      heartbeats.bulkWrite([...operations], { ordered }),
    );
    return insertedCount + matchedCount;
  }

  /** @returns how many it found. @throws the driver's error where a unique index refuses it */
  async update(filter: HeartbeatFilter, update: mongo.UpdateFilter<StoredHeartbeat>): Promise<number> {
    return (await this.run((heartbeats) => heartbeats.updateMany(filter, update))).matchedCount;
  }

  async delete(filter: HeartbeatFilter): Promise<void> {
    await this.run((heartbeats) => heartbeats.deleteMany(filter));
  }

  /** Completes heartbeats that another program wrote while this one ran. */
  async complete(ids: readonly string[]): Promise<Repeated> {
    const { repeated } = await this.run(async (heartbeats) => {
      const found = await findByIds(heartbeats, ids, READ_OPTIONS);
      return complete(heartbeats, found, this.preparation.completion(), false);
    });
    tellOfRepeated(repeated.younger, this.logger);
    return repeated;
  }

  /**
   * Passes patterns on that a heartbeat had which is gone, or has another one now, to the oldest of those that repeat them.
   * @param keys of the patterns, as they were stored
   * @returns the ids of those that have them now
   */
  async passOn(keys: readonly StoredHeartbeat['pattern_key'][]): Promise<string[]> {
    const distinct = [...new Set(keys.flatMap(keysOf))];
    if (distinct.length === 0) return [];
    // What it followed from is done; where this fails, it is found again.
    return this.run((heartbeats) => passOn(heartbeats, distinct)).catch(() => []);
  }

  /** @returns of each key of a pattern the id of the heartbeat that has it */
  async holdersOf(keys: readonly string[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map();
    const holders = await this.readAll({ pattern_key: { $in: [...keys] } }, KEY_ALONE);
    return new Map(
      holders.flatMap(({ _id, pattern_key }) => keysOf(pattern_key).map((key) => [key, _id] as const)),
    );
  }

  /**
   * Waits until the collection is prepared, for work that may take longer than a request.
   * @returns the driver's collection, which keeps its own time limits
   */
  prepared(): Promise<Heartbeats> {
    return this.run((heartbeats) => Promise.resolve(heartbeats));
  }

  /** Of two that the same text names, the one whose `_id` is the text is written to. */
  private async writeById<T>(
    id: string,
    write: (heartbeats: Heartbeats, _id: string) => Promise<T | null>,
  ): Promise<T | undefined> {
    for (const _id of [id, ...foreignIdsOf(id)] as string[]) {
      const written = await this.run((heartbeats) => write(heartbeats, _id));
      if (written !== null) return written;
    }
    return undefined;
  }

  private run<T>(operation: (heartbeats: Heartbeats) => Promise<T>): Promise<T> {
    return this.guard.run(() => operation(this.preparation.heartbeats));
  }
}

const KEY_ALONE = { projection: { pattern_key: 1 } } as const;
