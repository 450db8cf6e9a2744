import type { StoredHeartbeat } from '../../canopsis/dialect';
import { intervalSeconds } from '../../heartbeat/interval';
import { isPattern } from '../../heartbeat/pattern';
import type { HeartbeatState } from '../state/heartbeat-state';
import type { StatePageQuery } from './state-query';

/** What the calls tell of a state; times are milliseconds since the Unix epoch, as they are stored. */
export type StateRow = Pick<HeartbeatState, '_id' | 'state' | 'since' | 'last_event' | 'deadline'>;

/** The fields of a {@link StateRow}, for the database. */
export const ROW_FIELDS = { _id: 1, state: 1, since: 1, last_event: 1, deadline: 1 } as const;

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
});

const inSeconds = (milliseconds: number | null): number | null =>
  milliseconds === null ? null : milliseconds / 1_000;

/**
 * The state of a heartbeat that no engine has seen yet: it has been waiting since its creation, unless its rule cannot be
 * watched.
 * @param now milliseconds since the epoch, for a heartbeat that does not say when it was made
 */
export function unseenState(
  { _id, pattern, expected_interval, created }: StoredHeartbeat,
  now: number,
): StateRow {
  const since = typeof created === 'number' ? created * 1_000 : now;
  const interval = isPattern(pattern) ? intervalSeconds(expected_interval) : undefined;
  if (interval === undefined) return { _id, state: 'invalid', since, last_event: null, deadline: null };
  return { _id, state: 'waiting', since, last_event: null, deadline: since + interval * 1_000 };
}

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
