import type { StateNumbers } from '../overview/overview';
import type { OverviewEntry } from '../overview/overview-entry';
import { inSeconds } from '../state-row';

/** More changes than this are not told one by one. */
export const MOST_CHANGES = 500;

/** The state of a heartbeat that has changed; times are unix seconds with milliseconds as decimals. */
export interface ChangedState {
  readonly _id: string;
  readonly state: string;
  readonly since: number;
  readonly last_event: number | null;
  readonly deadline: number | null;
}

/** What a stream tells of states, as `states`. */
export interface StatesMessage {
  /** From where on a stream goes on, in unix seconds. */
  readonly cursor: number;
  /** How many heartbeats are in each state now. */
  readonly counts: StateNumbers;
  /** Since when silence is no evidence, in unix seconds; null where it is. */
  readonly blind_since: number | null;
  /** Whether so many have changed that none of them is named. */
  readonly many: boolean;
  readonly changed: readonly ChangedState[];
}

/** What a stream tells of heartbeats that were created, changed or removed, as `rules`. */
export interface RulesMessage {
  readonly ids: readonly string[];
  /** Whether so many have changed that none of them is named. */
  readonly many: boolean;
}

/** One message of the stream, as it is sent to everybody. */
export interface ChangeMessage {
  readonly type: 'states' | 'rules' | 'tick';
  /** JSON. */
  readonly data: string;
}

export const TICK: ChangeMessage = { type: 'tick', data: '{}' };

/** @param now what holds now. @param entries those that have changed */
export function statesMessage(
  now: Omit<StatesMessage, 'many' | 'changed'>,
  entries: readonly OverviewEntry[],
): ChangeMessage {
  const many = entries.length > MOST_CHANGES;
  const message: StatesMessage = { ...now, many, changed: many ? [] : entries.map(changedState) };
  return { type: 'states', data: JSON.stringify(message) };
}

/** @param ids of heartbeats that were created, changed or removed */
export function rulesMessage(ids: readonly string[]): ChangeMessage {
  const many = ids.length > MOST_CHANGES;
  const message: RulesMessage = { ids: many ? [] : ids, many };
  return { type: 'rules', data: JSON.stringify(message) };
}

const changedState = ({ id, state, since, lastEvent, deadline }: OverviewEntry): ChangedState => ({
  _id: id,
  state,
  since: since / 1_000,
  last_event: inSeconds(lastEvent),
  deadline: inSeconds(deadline),
});
