import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { CallGuard } from '../../database/call-guard';
import { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import type { HeartbeatState } from '../heartbeat-state';
import { ROW_FIELDS, type StateRow } from '../state-row';
import { StateStore } from '../state-store';
import type { OverviewFields } from './overview-entry';

/** What the overview needs of a heartbeat. */
const FIELDS = {
  ...{ pattern: 1, expected_interval: 1, interval_seconds: 1, created: 1, updated: 1 },
  ...{ author: 1, name: 1, description: 1, output: 1, repeats: 1, pause: 1 },
} as const;

/** What it needs of a state. */
const STATE_FIELDS = { ...ROW_FIELDS, removed: 1 } as const;

/** A state as the overview reads it; one that was removed belongs to no heartbeat any more. */
export type OverviewState = StateRow & Pick<HeartbeatState, 'removed'>;

/** A range of ids: those behind `after`, up to `last` where that is given. */
export interface IdRange {
  readonly after: string;
  readonly last?: string;
}

/** Reads what the overview is made of. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class OverviewCollection {
  private preparing: Promise<void> | undefined;

  constructor(
    private readonly guard: CallGuard,
    private readonly heartbeats: HeartbeatCollection,
    private readonly store: StateStore,
  ) {}

  /**
   * @returns the heartbeats whose ids come next, in the order of their ids, those of {@link foreignIds} left out; of long ones
   * fewer than `limit`, though there are more
   */
  heartbeatsAfter(after: string, limit: number): Promise<OverviewFields[]> {
    return this.heartbeats.readAfter(after, limit, FIELDS);
  }

  heartbeatsById(ids: readonly string[]): Promise<OverviewFields[]> {
    return this.heartbeats.readByIds(ids, FIELDS);
  }

  /** @returns the ids of heartbeats that no range of ids has, since another program chose something else than a text */
  foreignIds(): Promise<string[]> {
    return this.heartbeats.foreignIds();
  }

  /** @param since unix seconds: those that the API created or changed since then, some at a time */
  heartbeatsUpdatedSince(since: number): AsyncGenerator<OverviewFields[], void> {
    return this.heartbeats.batches({ updated: { $gte: since } }, { projection: FIELDS });
  }

  /** @returns the ids that come next, in order */
  async idsAfter(after: string, limit: number): Promise<string[]> {
    const options = { sort: { _id: 1 }, limit, projection: { _id: 1 } } as const;
    const found = await this.heartbeats.readAll({ _id: { $gt: after } }, options);
    return found.map(({ _id }) => _id);
  }

  /** @returns how many heartbeats there are, counted: what the database knows without looking may be wrong */
  count(): Promise<number> {
    return this.heartbeats.countAll();
  }

  statesBetween({ after, last }: IdRange): Promise<OverviewState[]> {
    return this.findStates({ _id: { $gt: after, ...(last !== undefined && { $lte: last }) } });
  }

  statesById(ids: readonly string[]): Promise<OverviewState[]> {
    return this.findStates({ _id: { $in: [...ids] } });
  }

  /** @param since milliseconds since the epoch: those whose state began since then */
  async statesSince(since: number): Promise<OverviewState[]> {
    // Where no engine runs in this process, nobody else has made sure of the index.
    await this.guard.run(() => this.prepared());
    return this.findStates({ since: { $gte: since } });
  }

  private prepared(): Promise<void> {
    this.preparing ??= this.store.prepare().catch((error: unknown) => {
      this.preparing = undefined;
      throw error;
    });
    return this.preparing;
  }

  private findStates(filter: mongo.Filter<HeartbeatState>): Promise<OverviewState[]> {
    return this.guard.readAll(() => this.store.cursor(filter, { projection: STATE_FIELDS }));
  }
}
