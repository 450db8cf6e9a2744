import { byCodePoint } from '../../util/by-code-point';
import type { StateName } from '../heartbeat-state';
import { type OverviewEntry, authorOf, nameOf } from './overview-entry';

/** What entries can be sorted by. */
export type OverviewSort =
  | '_id'
  | 'state'
  | 'since'
  | 'name'
  | 'author'
  | 'expected_interval'
  | 'last_event'
  | 'deadline'
  | 'created'
  | 'updated'
  // As the database has them: states as words, and what has no time before all that has one.
  | 'state_name'
  | 'last_event_or_none'
  | 'deadline_or_none';

export type Direction = 'asc' | 'desc';

/** What an entry is sorted by; an infinite one stands for no number, null for no text. */
export type SortKey = number | string | null;

interface Keyed {
  readonly key: SortKey;
}

/** One way to order entries. */
export interface EntryOrder {
  readonly keyOf: (entry: OverviewEntry) => SortKey;
  /** @returns what compares the keys of these items, of which there are many, as fast as they allow */
  readonly sorterFor: (items: readonly Keyed[]) => (a: Keyed, b: Keyed) => number;
  /** By keys, equal ones by id upwards: never 0 for two different entries. */
  readonly compare: (a: OverviewEntry, b: OverviewEntry) => number;
}

/** What needs somebody first. */
const URGENCY: Readonly<Record<StateName, number>> = { down: 0, invalid: 1, waiting: 2, paused: 3, up: 4 };
/** More than any time in milliseconds, so that one number holds urgency and time. */
const BEYOND_TIME = 2 ** 50;

const SURROGATE = /[\uD800-\uDFFF]/;
const NONE = -Infinity;

const KEYS: Readonly<
  Record<Exclude<OverviewSort, 'state' | 'last_event' | 'deadline'>, (entry: OverviewEntry) => SortKey>
> = {
  _id: ({ id }) => id,
  since: ({ since }) => since,
  // An empty one, which another program wrote, is as good as none.
  name: (entry) => nameOf(entry) || null,
  author: (entry) => authorOf(entry) || null,
  expected_interval: ({ intervalSeconds }) => intervalSeconds ?? NONE,
  created: ({ created }) => created ?? NONE,
  updated: ({ updated }) => updated ?? NONE,
  state_name: ({ state }) => state,
  last_event_or_none: ({ lastEvent }) => lastEvent ?? NONE,
  deadline_or_none: ({ deadline }) => deadline ?? NONE,
};

/** The sorts in which an entry moves when the times of its events do. */
export const TIME_SORTS: ReadonlySet<OverviewSort> = new Set([
  ...(['last_event', 'deadline', 'last_event_or_none', 'deadline_or_none'] as const),
]);
/** The sorts in which it moves when its state does. */
export const STATE_SORTS: ReadonlySet<OverviewSort> = new Set([
  ...(['state', 'since', 'state_name'] as const),
  ...TIME_SORTS,
]);

/**
 * @returns the order that the database has: what is absent before all else, texts by code point, equal ones by id upwards in
 * either direction. By `state` the most urgent first, and in one state the last change first, in either direction. By
 * `last_event` and `deadline` those without one last in either direction, so that the longest silent is the first upwards.
 */
export function orderOf(sort: OverviewSort, direction: Direction): EntryOrder {
  const sign = direction === 'asc' ? 1 : -1;
  if (sort === 'state') {
    return ordering(({ state, since }) => sign * URGENCY[state] * BEYOND_TIME - since, 1);
  }
  const last = sign * Infinity;
  if (sort === 'last_event') return ordering(({ lastEvent }) => lastEvent ?? last, sign);
  if (sort === 'deadline') return ordering(({ deadline }) => deadline ?? last, sign);
  return ordering(KEYS[sort], sign);
}

const ordering = (keyOf: EntryOrder['keyOf'], sign: 1 | -1): EntryOrder => ({
  keyOf,
  sorterFor: (items) => {
    const simple = items.every(({ key }) => typeof key !== 'string' || !SURROGATE.test(key));
    const compareKeys = simple ? byUnits : compare;
    return (a, b) => sign * compareKeys(a.key, b.key);
  },
  compare: (a, b) => sign * compare(keyOf(a), keyOf(b)) || compare(a.id, b.id),
});

function compare(a: SortKey, b: SortKey): number {
  return typeof a === 'string' && typeof b === 'string' ? byCodePoint(a, b) : byUnits(a, b);
}

/** Texts without surrogates are in the order of code points so. */
function byUnits(a: SortKey, b: SortKey): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
