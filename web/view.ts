import { type State, STATES } from './types';

export const SCREENS = ['heartbeats', 'alarms', 'events', 'maintenance', 'settings'] as const;
export type Screen = (typeof SCREENS)[number];
export const SORTS = ['state', 'name', 'expected_interval', 'last_event', 'deadline'] as const;
export type Sort = (typeof SORTS)[number];

/** What the address says is to be seen. */
export interface View {
  screen: Screen;
  search: string;
  state: State | undefined;
  sortBy: Sort;
  sort: 'asc' | 'desc';
  /** The heartbeat whose details are open. */
  heartbeat: string | undefined;
}

const oneOf = <T extends string>(values: readonly T[], text: string | null): T | undefined =>
  values.find((value) => value === text);

/** @param search of an address, with or without `?`; what it does not know counts as absent */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  return {
    screen: oneOf(SCREENS, query.get('page')) ?? 'heartbeats',
    search: query.get('search') ?? '',
    state: oneOf(STATES, query.get('state')),
    sortBy: oneOf(SORTS, query.get('sort_by')) ?? 'state',
    sort: query.get('sort') === 'desc' ? 'desc' : 'asc',
    heartbeat: query.get('heartbeat') ?? undefined,
  };
}

/** @returns the `?…` of a view; what is usual is left out */
export function formatView(view: Partial<View>): string {
  const query = new URLSearchParams();
  const { screen, search, state, sortBy, sort, heartbeat } = view;
  if (screen !== undefined && screen !== 'heartbeats') query.set('page', screen);
  if (search) query.set('search', search);
  if (state) query.set('state', state);
  if (sortBy !== undefined && sortBy !== 'state') query.set('sort_by', sortBy);
  if (sort === 'desc') query.set('sort', sort);
  if (heartbeat !== undefined) query.set('heartbeat', heartbeat);
  return `?${query.toString()}`;
}
