import { Injectable } from '@nestjs/common';
import { CallGuard } from '../../database/call-guard';
import { READ_OPTIONS } from '../../database/timeouts';
import { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import type { BlindSpan } from '../engine-documents';
import { EngineRegistry } from '../engine-registry';
import type { HeartbeatState } from '../heartbeat-state';
import { StateStore } from '../state-store';
import type { Arrivals } from './arrivals';

const PAST = { state: 1, since: 1, alarm_since: 1, past: 1 } as const;

/** What is read of a state to tell its alarms; times are milliseconds since the epoch. */
export type StateWithPast = Pick<HeartbeatState, '_id' | 'state' | 'since' | 'alarm_since' | 'past'>;

/** Reads what was kept of the past. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class HistoryCollection {
  constructor(
    private readonly guard: CallGuard,
    private readonly heartbeats: HeartbeatCollection,
    private readonly store: StateStore,
    private readonly registry: EngineRegistry,
  ) {}

  async exists(id: string): Promise<boolean> {
    return (await this.heartbeats.readByIds([id], { _id: 1 })).length > 0;
  }

  /** @returns null where no engine has seen the heartbeat yet */
  async state(id: string): Promise<StateWithPast | null> {
    const filter = { _id: id, removed: { $ne: true } } as const;
    const options = { projection: PAST, ...READ_OPTIONS };
    const [state] = await this.guard.run(() => this.store.readAll<StateWithPast>(filter, options));
    return state ?? null;
  }

  /** @returns the states whose last alarm was over last, that one first */
  lastResolved(limit: number): Promise<StateWithPast[]> {
    const filter = { past_to: { $gte: 0 }, removed: { $ne: true } } as const;
    const options = { sort: { past_to: -1 }, limit, projection: PAST } as const;
    return this.guard.readAll(() => this.store.cursor(filter, options));
  }

  /** @returns the open alarms that were raised before a pause which lasts or lasted, in no special order: few, as a rule */
  openThroughPauses(): Promise<Required<Pick<HeartbeatState, '_id' | 'alarm_since'>>[]> {
    const filter = { alarm_since: { $gte: 0 }, removed: { $ne: true } } as const;
    return this.guard.readAll(() => this.store.cursor(filter, { projection: { alarm_since: 1 } }));
  }

  /** @returns what is known of these, in no special order */
  async arrivals(ids: readonly string[]): Promise<Arrivals[]> {
    if (ids.length === 0) return [];
    return this.guard.readAll(() => this.store.arrivals(ids));
  }

  /** @returns the times in which events could not be heard and that are over, oldest first */
  async blindSpans(): Promise<readonly BlindSpan[]> {
    const listening = await this.guard.run(() => this.registry.listening(READ_OPTIONS));
    return listening?.blind ?? [];
  }
}
