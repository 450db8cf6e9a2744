import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, Clock } from '../util/clock';

/** Numbers new heartbeats, so that those of one second stand in the order in which they came. */
@Injectable()
export class InsertionOrder {
  private last = 0;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** @returns a number greater than any before: microseconds since the epoch where the clock allows it */
  next(): number {
    this.last = Math.max(this.last + 1, this.clock.now() * 1000);
    return this.last;
  }
}
