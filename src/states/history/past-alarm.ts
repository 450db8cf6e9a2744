/** An alarm that is over; times are milliseconds since the epoch. */
export interface PastAlarm {
  /** When it was raised. */
  readonly from: number;
  /** When it was resolved. */
  readonly to: number;
}

/** So many alarms of a heartbeat are kept; the oldest goes first. */
const KEPT = 50;

/** What the update that ends an alarm keeps of it. */
export interface Closing {
  readonly $push: { readonly past: { readonly $each: PastAlarm[]; readonly $slice: number } };
  readonly $max: { readonly past_to: number };
}

/**
 * Belongs into the very update that resolves an alarm, so that no alarm is lost and none is told twice. Heartbeats that
 * never were silent pay nothing.
 * @param from when the alarm was raised, in milliseconds since the epoch
 * @param to when it is resolved
 */
export const closing = (from: number, to: number): Closing => ({
  $push: { past: { $each: [{ from, to: Math.max(from, to) }], $slice: -KEPT } },
  $max: { past_to: Math.max(from, to) },
});
