import { isJsonObject } from '../util/json-object';

/** The last second of the year 9999, in unix seconds: what is more was meant as milliseconds. */
export const LAST_SECOND = 253_402_300_799;

/** How many characters (Unicode code points) a pause's reason has at most. */
export const LONGEST_REASON = 1_000;

/** What a heartbeat's last pause was, as it is stored with it; it is over once `until` has passed. */
export interface Pause {
  /** Unix seconds; null: until somebody ends it. */
  readonly until: number | null;
  readonly reason?: string;
}

/** @param stored what a heartbeat has as its pause; another program may have written anything. @returns undefined where it is none */
export function pauseOf(stored: unknown): Pause | undefined {
  if (!isJsonObject(stored)) return undefined;
  const { until, reason } = stored;
  if (until !== null && !Number.isFinite(until)) return undefined;
  const text = typeof reason === 'string' && reason !== '' && { reason };
  return { until: until as number | null, ...text };
}

/** @returns when it ends, in milliseconds since the epoch; null where somebody has to end it */
export const pauseEnd = ({ until }: Pause): number | null =>
  until === null ? null : Math.round(until * 1_000);

/** Whether it lasts. @param now milliseconds since the epoch */
export function isPausedAt(pause: Pause | undefined, now: number): pause is Pause {
  if (pause === undefined) return false;
  const end = pauseEnd(pause);
  return end === null || end > now;
}
