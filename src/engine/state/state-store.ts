import { Inject, Injectable } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { COLLECTION_NAMES, CollectionNames, HEARTBEAT_CONNECTION } from '../../heartbeat/heartbeat.options';
import { isDuplicateKey } from '../../heartbeat/duplicate-key';
import { type Hearing, type HeartbeatState, lostState } from './heartbeat-state';

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/** For the search for silence, for what is to be sent, for what is to be deleted, and for what is to be repeated. */
const INDEXES = [
  [{ state: 1, deadline: 1 }, {}],
  [{ unsent: 1, leased_until: 1 }, {}],
  [{ removed: 1 }, { sparse: true }],
  [{ repeat_at: 1 }, { sparse: true }],
] as const;

/** What the engine stores, on the connection of its heartbeats. Everything rejects while the database is away. */
@Injectable()
export class StateStore {
  constructor(
    @Inject(HEARTBEAT_CONNECTION) private readonly connection: Connection,
    @Inject(COLLECTION_NAMES) private readonly names: CollectionNames,
  ) {}

  /** One document for each heartbeat. */
  get states(): mongo.Collection<HeartbeatState> {
    return this.database.collection<HeartbeatState>(this.names.states);
  }

  /** The one document about hearing. */
  get hearing(): mongo.Collection<Hearing> {
    return this.database.collection<Hearing>(this.names.engine);
  }

  /** Makes the indexes, where they are not there yet. */
  async prepare(): Promise<void> {
    for (const [keys, options] of INDEXES) await this.states.createIndex(keys, options);
  }

  /**
   * Marks the state of a heartbeat that was removed. Where there is none yet, the mark is put there all the same: an
   * engine that is about to insert the state finds it.
   * @param now milliseconds since the epoch
   */
  async markRemoved(id: string, now: number): Promise<void> {
    const mark = { $set: { removed: true }, $setOnInsert: lostState(now) } as const;
    try {
      await this.states.updateOne({ _id: id }, mark, { upsert: true });
    } catch (error) {
      // Somebody has inserted it between the search and the insertion.
      if (!isDuplicateKey(error)) throw error;
      await this.states.updateOne({ _id: id }, mark);
    }
  }

  /**
   * Makes many writes at once, in any order.
   * @returns how many of them found the document that they are for
   */
  async write(writes: Write[]): Promise<number> {
    if (writes.length === 0) return 0;
    const { matchedCount, deletedCount } = await this.states.bulkWrite(writes, { ordered: false });
    return matchedCount + deletedCount;
  }

  /**
   * Reads the states that a filter finds, each once: a cursor that walks along an index gives a document twice where another
   * process moves it within that index meanwhile.
   */
  async read<T extends { _id: string } = HeartbeatState>(
    filter: mongo.Filter<HeartbeatState>,
    options: mongo.FindOptions,
  ): Promise<T[]> {
    const found = await this.states.find<T>(filter, options).toArray();
    return [...new Map(found.map((state) => [state._id, state])).values()];
  }

  private get database(): mongo.Db {
    const { db } = this.connection;
    if (db === undefined) throw new Error('not connected to the database yet');
    return db;
  }
}
