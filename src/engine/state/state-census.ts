import { Injectable } from '@nestjs/common';
import { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { IN_TIME } from '../../heartbeat/patience';
import type { StateName } from './heartbeat-state';
import { StateStore } from './state-store';

/** A census is good for so long, in milliseconds: nobody who asks often makes the database count often. */
const GOOD_FOR_MS = 5_000;

/** How many heartbeats there are, of those that an engine has seen. */
export interface Census {
  readonly states: Readonly<Record<StateName, number>>;
  /** Heartbeats with alarms that wait to be delivered. */
  readonly unsent: number;
}

/** Counts the states in the database, of all engines' heartbeats. */
@Injectable()
export class StateCensus {
  private takenAt = Number.NEGATIVE_INFINITY;
  private taken: Promise<Census | undefined> = Promise.resolve(undefined);

  constructor(
    private readonly heartbeats: HeartbeatCollection,
    private readonly store: StateStore,
  ) {}

  /** @returns the numbers of at most 5 s ago; undefined where the database did not answer. Never rejects. */
  take(): Promise<Census | undefined> {
    if (performance.now() - this.takenAt >= GOOD_FOR_MS) {
      this.takenAt = performance.now();
      this.taken = this.heartbeats.run(() => this.count()).catch(() => undefined);
    }
    return this.taken;
  }

  /**
   * All of it by indexes, and what is most numerous, the heartbeats that are up, not at all: the total is known. So the
   * numbers may differ by what changes while they are counted.
   */
  private async count(): Promise<Census> {
    const { states } = this.store;
    const [all, waiting, down, invalid, unsent, removed] = await Promise.all([
      states.estimatedDocumentCount(IN_TIME),
      states.countDocuments({ state: 'waiting' }, IN_TIME),
      states.countDocuments({ state: 'down' }, IN_TIME),
      states.countDocuments({ state: 'invalid' }, IN_TIME),
      states.countDocuments({ unsent: { $gte: 1 } }, IN_TIME),
      states.find({ removed: true }, { projection: { state: 1 }, ...IN_TIME }).toArray(),
    ]);
    const present = (state: StateName, count: number): number =>
      Math.max(0, count - removed.filter((gone) => gone.state === state).length);
    return {
      states: {
        waiting: present('waiting', waiting),
        up: present('up', all - waiting - down - invalid),
        down: present('down', down),
        invalid: present('invalid', invalid),
      },
      unsent,
    };
  }
}
