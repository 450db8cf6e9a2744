/** The last moment of the year 9999, in milliseconds since the epoch: later ones cannot be written as a date everywhere. */
export const LATEST_MS = Date.UTC(10_000, 0, 1) - 1;

/** Whether a clock can show it. */
export const isMoment = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= LATEST_MS;
