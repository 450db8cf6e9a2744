import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { CallGuard } from '../database/call-guard';
import { COUNT_ALL_OPTIONS, READ_OPTIONS, REQUEST_TIMEOUT_MS, STREAM_TIMEOUT_MS } from '../database/timeouts';
import type { StoredHeartbeat } from '../heartbeat/heartbeat.schema';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import type { Listening } from './engine-documents';
import { EngineRegistry } from './engine-registry';
import type { HeartbeatState } from './heartbeat-state';
import { StateStore } from './state-store';
import { ROW_FIELDS, StateRow, UNSEEN_FIELDS } from './state-row';

type StateFilter = mongo.Filter<HeartbeatState>;

/** A state whose heartbeat was removed stays until its alarm is resolved, and is never shown. */
const SHOWN: StateFilter = { removed: { $ne: true } };

/** Reads what engines have stored. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class StateCollection {
  constructor(
    private readonly guard: CallGuard,
    private readonly heartbeats: HeartbeatCollection,
    private readonly store: StateStore,
    private readonly registry: EngineRegistry,
  ) {}

  /** @returns the state of this heartbeat; null where no engine has seen it yet */
  async find(id: string): Promise<StateRow | null> {
    const filter = { ...SHOWN, _id: id };
    const options = { projection: ROW_FIELDS, ...READ_OPTIONS };
    const [row] = await this.guard.run(() => this.store.readAll<StateRow>(filter, options));
    return row ?? null;
  }

  /** @returns all states, or those of a filter, sorted and cut as the options say */
  list(filter: StateFilter, options: mongo.FindOptions): Promise<StateRow[]> {
    const shown = { projection: ROW_FIELDS, ...options };
    return this.guard.readAll(
      () => this.store.cursor({ ...SHOWN, ...filter }, shown),
      options.limit === undefined ? STREAM_TIMEOUT_MS : REQUEST_TIMEOUT_MS,
    );
  }

  /** @returns how many states are shown, of all or of a filter */
  count(filter: StateFilter): Promise<number> {
    const all = Object.keys(filter).length === 0;
    return this.guard.run(() =>
      all ? this.countAll() : this.store.count({ ...SHOWN, ...filter }, READ_OPTIONS),
    );
  }

  /**
   * @returns the heartbeats that no engine has a state of. Numbers are compared first, exact ones, by the index of ids alone (some
   * 10 ms for each 100,000), so that nothing is read while engines keep up; so a heartbeat can go unnoticed as long as the state of
   * another one is left over, which engines mend within a minute.
   */
  async unseen(): Promise<StoredHeartbeat[]> {
    const [heartbeats, states] = await Promise.all([this.heartbeats.countAll(), this.count({})]);
    if (heartbeats === states) return [];
    const seen = new Set((await this.list({}, { projection: { _id: 1 } })).map(({ _id }) => _id));
    const all = await this.heartbeats.readAll({}, { projection: UNSEEN_FIELDS }, STREAM_TIMEOUT_MS);
    return all.filter(({ _id }) => !seen.has(_id));
  }

  /** @returns when engines could hear events; null where none ever could */
  listening(): Promise<Listening | null> {
    return this.guard.run(() => this.registry.listening(READ_OPTIONS));
  }

  /** By indexes alone: that of ids has all, and the removed ones have one of their own. */
  private async countAll(): Promise<number> {
    const [all, removed] = await Promise.all([
      this.store.count({}, COUNT_ALL_OPTIONS),
      this.store.count({ removed: true }, READ_OPTIONS),
    ]);
    return all - removed;
  }
}
