import type { Clock } from '../util/clock';

/** A clock that stands still until it is moved. */
export class MovableClock implements Clock {
  private monotonicNow = 1_000_000;

  constructor(private wallNow = Date.UTC(2030, 0, 1)) {}

  now(): number {
    return this.wallNow;
  }

  monotonic(): number {
    return this.monotonicNow;
  }

  /** Time passes. */
  pass(milliseconds: number): void {
    this.wallNow += milliseconds;
    this.monotonicNow += milliseconds;
  }

  /** Somebody sets the wall clock, by so much. */
  set(milliseconds: number): void {
    this.wallNow += milliseconds;
  }
}
