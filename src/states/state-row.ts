import { intervalSeconds } from '../domain/interval';
import { isPattern } from '../domain/pattern';
import { isPausedAt, pauseEnd, pauseOf } from '../domain/pause';
import { unixSeconds } from '../domain/unix-time';
import { isNameable, storedIdOf } from '../heartbeat/stored-id';
import type { HeartbeatState } from './heartbeat-state';
import type { StatePageQuery } from './state-query';

/** What the calls tell of a state; times are milliseconds since the Unix epoch, as they are stored. */
export type StateRow = Pick<HeartbeatState, '_id' | 'state' | 'since' | 'last_event' | 'deadline' | 'reason'>;

/** The fields of a {@link StateRow}, for the database. */
export const ROW_FIELDS = { _id: 1, state: 1, since: 1, last_event: 1, deadline: 1, reason: 1 } as const;

/** A state as it is answered; times are unix seconds with milliseconds as decimals. */
export interface StateDocument extends StateRow {
  /** Whether no engine can hear events now, so that silence is no evidence. */
  blind: boolean;
}

/** @returns the state as it is answered, with its fields in the contract's order */
export const stateDocument = (row: StateRow, blind: boolean): StateDocument => ({
  _id: row._id,
  state: row.state,
  since: row.since / 1_000,
  last_event: inSeconds(row.last_event),
  deadline: inSeconds(row.deadline),
  blind,
  ...(typeof row.reason === 'string' && { reason: row.reason }),
});

/** @param milliseconds a time, or null; and so is the result, in seconds */
export const inSeconds = (milliseconds: number | null): number | null =>
  milliseconds === null ? null : milliseconds / 1_000;

/** What is read of a heartbeat that no engine has seen yet. Another program may have written anything. */
export type UnseenHeartbeat = { readonly _id: string } & Partial<
  Record<'pattern' | 'expected_interval' | 'created' | 'repeats' | 'pause', unknown>
>;

/** The fields of an {@link UnseenHeartbeat}, for the database. */
export const UNSEEN_FIELDS = { pattern: 1, expected_interval: 1, created: 1, repeats: 1, pause: 1 } as const;

/** @returns why a heartbeat cannot be watched, whatever others there are; undefined where it can */
export function reasonAgainst(heartbeat: Omit<UnseenHeartbeat, 'created'>): string | undefined {
  if (!isNameable(storedIdOf(heartbeat))) return 'no URL can name its _id';
  if (!isPattern(heartbeat.pattern)) return 'the pattern is invalid';
  const isInterval = intervalSeconds(heartbeat.expected_interval) !== undefined;
  return isInterval ? undefined : 'the interval is invalid';
}

/**
 * The state of a heartbeat that no engine has seen yet: it has been waiting since its creation, unless it is paused or its rule
 * cannot be watched.
 * @param now milliseconds since the epoch, for a heartbeat that does not say when it was made
 */
export function unseenState(heartbeat: UnseenHeartbeat, now: number): StateRow {
  const { _id, expected_interval, created, repeats } = heartbeat;
  const seconds = unixSeconds(created);
  const common = { _id, since: seconds === undefined ? now : seconds * 1_000, last_event: null };
  const reason = reasonAgainst(heartbeat) ?? (typeof repeats === 'string' ? REPEATS : undefined);
  if (reason !== undefined) return { ...common, state: 'invalid', deadline: null, reason };
  const pause = pauseOf(heartbeat.pause);
  if (isPausedAt(pause, now)) {
    const given = pause.reason !== undefined && { reason: pause.reason };
    return { ...common, state: 'paused', deadline: pauseEnd(pause), ...given };
  }
  const interval = intervalSeconds(expected_interval) ?? 0;
  return { ...common, state: 'waiting', deadline: common.since + interval * 1_000 };
}

/** Until an engine says whose. */
const REPEATS = 'the pattern of an older heartbeat';

/** Orders as the database does: null before numbers, equal values by id. */
export function byField(
  field: StatePageQuery['sort_by'],
  sort: 'asc' | 'desc',
): (a: StateRow, b: StateRow) => number {
  const direction = sort === 'asc' ? 1 : -1;
  return (a, b) => direction * compare(a[field], b[field]) || compare(a._id, b._id);
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}
