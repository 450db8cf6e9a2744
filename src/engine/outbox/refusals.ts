import { CappedMap } from '../../util/capped-map';
import type { AlarmRefusedError } from '../alarms/alarm-sink';

/** How often an alarm is tried that the receiver will never take. */
const TRIES_FOR_GOOD = 3;
/** How often one is tried that the receiver refuses while it takes others: with the rests between them, a quarter of an hour. */
const TRIES = 20;
/** Of so many alarms it is remembered how often they were refused. */
const REMEMBERED = 10_000;

interface Refused {
  times: number;
  /** How many alarms had been taken before it was refused first. */
  readonly takenBefore: number;
}

/**
 * Tells the alarm that will never be taken from the receiver that takes none now: others must not wait for the first, and
 * nothing may be lost to the second.
 */
export class Refusals {
  private readonly refused = new CappedMap<string, Refused>(REMEMBERED);
  private taken = 0;

  /** To be called when the receiver took an alarm. @param id of the alarm */
  delivered(id: string): void {
    this.taken += 1;
    this.refused.delete(id);
  }

  /**
   * To be called when the receiver refused an alarm.
   * @returns how often it has by now, where the alarm is to be set aside; undefined where it is to be tried again
   */
  count(id: string, { forGood }: AlarmRefusedError): number | undefined {
    const known = this.refused.get(id) ?? { times: 0, takenBefore: this.taken };
    known.times += 1;
    this.refused.set(id, known);
    const isEnough = forGood
      ? known.times >= TRIES_FOR_GOOD
      : known.times >= TRIES && this.taken > known.takenBefore;
    if (!isEnough) return undefined;
    this.refused.delete(id);
    return known.times;
  }
}
