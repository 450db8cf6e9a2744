/** Where the time comes from, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, as `Date.now()`. It may be set, forwards and backwards, while the process runs. */
  now(): number;
  /** Milliseconds since some moment, as `performance.now()`: never set, never backwards. */
  monotonic(): number;
}

/** Injection token of the {@link Clock}. */
export const CLOCK = Symbol('CLOCK');

/** The machine's clocks. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
