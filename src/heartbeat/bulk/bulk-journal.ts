import { Inject, Injectable } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { CallGuard } from '../../database/call-guard';
import { connectedDatabase } from '../../database/connected-database';
import { READ_OPTIONS } from '../../database/timeouts';
import { COLLECTION_NAMES, type CollectionNames, HEARTBEAT_CONNECTION } from '../heartbeat.options';

/** What a bulk does with its heartbeats. */
export type BulkKind = 'create' | 'replace' | 'remove';

/** A bulk that is under way; one without an entry is decided and done. */
export interface JournalEntry {
  readonly _id: string;
  readonly kind: BulkKind;
  /** Its heartbeats. Those that it has touched have its id as `bulk`. */
  readonly ids: readonly string[];
  /** `open` is not decided yet: it becomes `committed`, or `undoing`, and never anything else. */
  readonly state: 'open' | 'committed' | 'undoing';
  /** Grows while somebody works on it. */
  readonly beat: number;
}

/** How often others are told that somebody still works on a bulk, in milliseconds: far more often than they lose patience. */
const BEAT_EVERY_MS = 1_000;

/** The bulks under way in the database: collection `heartbeat_bulk`, or what the heartbeats are called with `_bulk`. */
@Injectable()
export class BulkJournal {
  /** When each bulk of this process was last heard of, by the monotonic clock. */
  private readonly beats = new WeakMap<JournalEntry, number>();

  constructor(
    private readonly guard: CallGuard,
    @Inject(HEARTBEAT_CONNECTION) private readonly connection: Connection,
    @Inject(COLLECTION_NAMES) private readonly names: CollectionNames,
  ) {}

  /** Begins a bulk; nothing of it may be written before. @throws DatabaseError */
  async open(kind: BulkKind, ids: readonly string[]): Promise<JournalEntry> {
    const entry: JournalEntry = { _id: randomUUID(), kind, ids, state: 'open', beat: 0 };
    await this.run((entries) => entries.insertOne(entry));
    this.beats.set(entry, performance.now());
    return entry;
  }

  /** Tells the others that somebody still works on it, unless that was told just now. @throws DatabaseError */
  async beat(entry: JournalEntry): Promise<void> {
    const now = performance.now();
    if (now - (this.beats.get(entry) ?? Number.NEGATIVE_INFINITY) < BEAT_EVERY_MS) return;
    this.beats.set(entry, now);
    await this.run((entries) => entries.updateOne({ _id: entry._id }, { $inc: { beat: 1 } }));
  }

  /**
   * Decides an open bulk, for all processes at once.
   * @returns false where another process has decided it
   * @throws DatabaseError: it is not known whether it is decided
   */
  async decide({ _id }: JournalEntry, state: 'committed' | 'undoing'): Promise<boolean> {
    const { matchedCount } = await this.run((entries) =>
      entries.updateOne({ _id, state: 'open' }, { $set: { state } }),
    );
    return matchedCount > 0;
  }

  /** Ends a bulk that was decided, and of which nothing is left to do. @throws DatabaseError */
  async close({ _id }: JournalEntry): Promise<void> {
    await this.run((entries) => entries.deleteOne({ _id }));
  }

  /**
   * @returns which of these are still under way, as a text that changes as long as somebody works on them; empty: none
   * @throws DatabaseError
   */
  async underWay(ids: readonly string[]): Promise<string> {
    if (ids.length === 0) return '';
    const options = { projection: { state: 1, beat: 1 }, ...READ_OPTIONS };
    const found = await this.run((entries) => entries.find({ _id: { $in: [...ids] } }, options).toArray());
    return found
      .map(({ _id, state, beat }) => `${_id} ${state} ${beat}`)
      .sort()
      .join();
  }

  /** @returns all that are under way. @throws DatabaseError */
  all(): Promise<JournalEntry[]> {
    return this.run((entries) => entries.find({}, READ_OPTIONS).toArray());
  }

  private run<T>(operation: (entries: mongo.Collection<JournalEntry>) => Promise<T>): Promise<T> {
    return this.guard.run(() =>
      operation(connectedDatabase(this.connection).collection(`${this.names.heartbeats}_bulk`)),
    );
  }
}
