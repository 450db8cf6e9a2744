import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { StoredHeartbeat } from '../../canopsis/dialect';
import { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { IN_TIME, LONG_PATIENCE_MS, PATIENCE_MS } from '../../heartbeat/patience';
import type { Hearing, HeartbeatState } from '../state/heartbeat-state';
import { StateStore } from '../state/state-store';
import { ROW_FIELDS, StateRow } from './state-row';

type StateFilter = mongo.Filter<HeartbeatState>;

/** A state whose heartbeat was removed stays until its alarm is resolved, and is never shown. */
const SHOWN: StateFilter = { removed: { $ne: true } };

/** Reads what engines have stored. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class StateCollection {
  /** @param heartbeats also guards the reading of the states: patience, errors and their log are the same */
  constructor(
    private readonly heartbeats: HeartbeatCollection,
    private readonly store: StateStore,
  ) {}

  /** @returns the state of this heartbeat; null where no engine has seen it yet */
  find(id: string): Promise<StateRow | null> {
    const filter = { ...SHOWN, _id: id };
    const options = { projection: ROW_FIELDS, ...IN_TIME };
    return this.heartbeats.run(() => this.store.states.findOne<StateRow>(filter, options));
  }

  /** @returns all states, or those of a filter, sorted and cut as the options say */
  async list(filter: StateFilter, options: mongo.FindOptions): Promise<StateRow[]> {
    const shown = { projection: ROW_FIELDS, ...options };
    // `readAll` is typed for heartbeats, and reads any cursor.
    const rows: unknown = await this.heartbeats.readAll(
      (): mongo.FindCursor => this.store.states.find({ ...SHOWN, ...filter }, shown),
      options.limit === undefined ? LONG_PATIENCE_MS : PATIENCE_MS,
    );
    return rows as StateRow[];
  }

  /** @returns how many states are shown, of all or of a filter */
  count(filter: StateFilter): Promise<number> {
    const all = Object.keys(filter).length === 0;
    return this.heartbeats.run(() =>
      all ? this.countAll() : this.store.states.countDocuments({ ...SHOWN, ...filter }, IN_TIME),
    );
  }

  /**
   * @returns the heartbeats that no engine has a state of. Numbers are compared first, so that this costs nothing while
   * engines keep up; so a heartbeat can go unnoticed as long as the state of another one is left over, which engines
   * mend within a minute.
   */
  async unseen(): Promise<StoredHeartbeat[]> {
    const [heartbeats, states] = await Promise.all([
      this.heartbeats.run((collection) => collection.estimatedDocumentCount(IN_TIME)),
      this.count({}),
    ]);
    if (heartbeats === states) return [];
    const seen = new Set((await this.list({}, { projection: { _id: 1 } })).map(({ _id }) => _id));
    const projection = { _id: 1, pattern: 1, expected_interval: 1, created: 1 };
    const all = await this.heartbeats.readAll(
      (collection) => collection.find({}, { projection }),
      LONG_PATIENCE_MS,
    );
    // Ids of other types come from other programs; no engine watches them, and the API cannot name them.
    return all.filter(({ _id }) => typeof _id === 'string' && !seen.has(_id));
  }

  /** @returns when an engine could last hear events; null where none ever could */
  hearing(): Promise<Hearing | null> {
    return this.heartbeats.run(() => this.store.hearing.findOne({ _id: 'hearing' }, IN_TIME));
  }

  /** Without looking at each of them: the total is known, and the removed ones have an index. */
  private async countAll(): Promise<number> {
    const { states } = this.store;
    const [all, removed] = await Promise.all([
      states.estimatedDocumentCount(IN_TIME),
      states.countDocuments({ removed: true }, IN_TIME),
    ]);
    return all - removed;
  }
}
