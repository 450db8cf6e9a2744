import type { Clock } from '../time/clock';

/** More than this between the progress of the two clocks, in milliseconds, means that the wall clock was set. */
const STEP_MS = 2_000;

/**
 * The clock of one engine, which notices that the wall clock was set (NTP, an operator) or that the machine was
 * suspended: the monotonic clock then did not move along. It looks each time it is asked, so nobody works with a time
 * from after the step without its being noticed.
 */
export class WatchedClock implements Clock {
  private steps = 0;
  private offset: number;

  constructor(private readonly clock: Clock) {
    this.offset = clock.now() - clock.monotonic();
  }

  /** How often the wall clock was set so far. */
  get stepped(): number {
    this.now();
    return this.steps;
  }

  now(): number {
    const wall = this.clock.now();
    const offset = wall - this.clock.monotonic();
    if (Math.abs(offset - this.offset) > STEP_MS) this.steps += 1;
    // A clock that is slewed drifts from look to look; only a jump between two looks counts.
    this.offset = offset;
    return wall;
  }

  monotonic(): number {
    return this.clock.monotonic();
  }
}
