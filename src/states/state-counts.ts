import { Injectable } from '@nestjs/common';
import { CallGuard } from '../database/call-guard';
import { READ_OPTIONS } from '../database/timeouts';
import type { StateName } from './heartbeat-state';
import { StateStore } from './state-store';

/** Counts are good for so long, in milliseconds: nobody who asks often makes the database count often. */
const GOOD_FOR_MS = 5_000;

/** How many heartbeats there are, of those that an engine has seen. */
export interface CountedStates {
  readonly states: Readonly<Record<StateName, number>>;
  /** Heartbeats with alarms that wait to be delivered. */
  readonly unsent: number;
  /** Those with alarms that wait for a receiver beside the first. */
  readonly unsentBeside: Readonly<Record<'webhook' | 'alertmanager', number>>;
}

/** Counts the states in the database, of all engines' heartbeats. */
@Injectable()
export class StateCounts {
  private takenAt = Number.NEGATIVE_INFINITY;
  private taken: Promise<CountedStates | undefined> = Promise.resolve(undefined);

  constructor(
    private readonly guard: CallGuard,
    private readonly store: StateStore,
  ) {}

  /** @returns the numbers of at most 5 s ago; undefined where the database did not answer. Never rejects. */
  take(): Promise<CountedStates | undefined> {
    if (performance.now() - this.takenAt >= GOOD_FOR_MS) {
      this.takenAt = performance.now();
      this.taken = this.guard.run(() => this.count()).catch(() => undefined);
    }
    return this.taken;
  }

  /**
   * All of it by indexes. What the database knows without counting may be wrong, as after an unclean shutdown. The numbers may
   * differ by what changes while they are counted.
   */
  private async count(): Promise<CountedStates> {
    const { store } = this;
    const inState = (state: StateName): Promise<number> => store.count({ state }, READ_OPTIONS);
    const [waiting, up, down, paused, invalid, unsent, webhook, alertmanager, removed] = await Promise.all([
      inState('waiting'),
      inState('up'),
      inState('down'),
      inState('paused'),
      inState('invalid'),
      store.count({ unsent: { $gte: 1 } }, READ_OPTIONS),
      store.count({ webhook_unsent: { $gte: 1 } }, READ_OPTIONS),
      store.count({ alertmanager_unsent: { $gte: 1 } }, READ_OPTIONS),
      store.readAll({ removed: true }, { projection: { state: 1 }, ...READ_OPTIONS }),
    ]);
    const present = (state: StateName, count: number): number =>
      Math.max(0, count - removed.filter((gone) => gone.state === state).length);
    return {
      states: {
        waiting: present('waiting', waiting),
        up: present('up', up),
        down: present('down', down),
        paused: present('paused', paused),
        invalid: present('invalid', invalid),
      },
      unsent,
      unsentBeside: { webhook, alertmanager },
    };
  }
}
