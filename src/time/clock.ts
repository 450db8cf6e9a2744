/** Where the time comes from, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, as `Date.now()`. */
  now(): number;
}

/** Injection token of the {@link Clock}. */
export const CLOCK = Symbol('CLOCK');

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() };
