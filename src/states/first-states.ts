import { Injectable } from '@nestjs/common';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { StateCollection } from './state-collection';
import type { StateRow } from './state-row';

/** What was read is good for so long, in milliseconds: nobody who asks often makes the database read often. */
const GOOD_FOR_MS = 5_000;

/** A heartbeat's state, with its name where it has one. */
export type NamedState = StateRow & { readonly name?: string };

/** The states of the first heartbeats, by the order of their ids, as far as an engine has seen them. */
export interface FirstOfStates {
  readonly states: readonly NamedState[];
  /** How many heartbeats there are beside these. */
  readonly others: number;
}

/** Reads a bounded number of states, always of the same heartbeats as long as there are these. */
@Injectable()
export class FirstStates {
  private takenAt = Number.NEGATIVE_INFINITY;
  private taken: Promise<FirstOfStates | undefined> = Promise.resolve(undefined);

  constructor(
    private readonly heartbeats: HeartbeatCollection,
    private readonly states: StateCollection,
  ) {}

  /**
   * @param most of how many heartbeats; the same at each call
   * @returns the states of at most 5 s ago; undefined where the database did not answer. Never rejects.
   */
  take(most: number): Promise<FirstOfStates | undefined> {
    if (performance.now() - this.takenAt >= GOOD_FOR_MS) {
      this.takenAt = performance.now();
      this.taken = this.read(most).catch(() => undefined);
    }
    return this.taken;
  }

  /** Three readings by the index of ids, each within the time of a request; one batch of what is long. */
  private async read(most: number): Promise<FirstOfStates> {
    const [count, heartbeats] = await Promise.all([
      this.heartbeats.countAll(),
      this.heartbeats.readAfter('', most, { name: 1 }),
    ]);
    const ids = heartbeats.map(({ _id }) => _id);
    const stored = await this.states.list({ _id: { $in: ids } }, { limit: Math.max(1, ids.length) });
    const known = new Map(stored.map((row) => [row._id, row]));
    const states = heartbeats.flatMap(({ _id, name }) => {
      const row = known.get(_id);
      return row === undefined ? [] : [{ ...row, ...(typeof name === 'string' && { name }) }];
    });
    return { states, others: Math.max(0, count - states.length) };
  }
}
