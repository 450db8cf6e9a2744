/** What the API answers, as far as the page reads it. Times are unix seconds with decimals. */

export const STATES = ['down', 'invalid', 'waiting', 'paused', 'up'] as const;
export type State = (typeof STATES)[number];
export const RIGHTS = ['create', 'read', 'update', 'delete', 'event'] as const;
export type Right = (typeof RIGHTS)[number];

export interface Session {
  user: string | null;
  rights?: Right[];
}

/** The part of a heartbeat that a client sends. */
export interface Rule {
  pattern: Record<string, string>;
  expected_interval: string;
  name?: string;
  description?: string;
  author?: string;
  output?: string;
}

export interface Heartbeat extends Rule {
  _id: string;
  created?: number | null;
  updated?: number | null;
}

/** What moves while a rule stays as it is. */
export interface Times {
  _id: string;
  state: State;
  since: number;
  last_event: number | null;
  /** Where it is paused: when the pause ends; null: when somebody ends it. */
  deadline: number | null;
}

export interface Row extends Heartbeat, Times {
  /** Oldest first; each gap between two arrivals in percent of the interval. */
  gaps: number[];
  /** Why it cannot be watched, or is paused. */
  reason?: string;
}

export type Counts = Record<State, number>;

export interface Overview {
  data: Row[];
  meta: { total_count: number; counts: Counts; blind_since: number | null; cursor: string | number };
}

/** A message of the stream named `states`. */
export interface StatesMessage {
  cursor: string | number;
  counts: Counts;
  blind_since: number | null;
  many: boolean;
  changed: Times[];
}

/** `to` is null while it lasts. */
export interface Span {
  from: number;
  to: number | null;
}

export interface Past {
  arrivals: number[];
  alarms: Span[];
  blind: Span[];
}

export interface Alarm extends Span {
  heartbeat: string;
  name: string;
}

export interface Named {
  _id: string;
  name: string;
  state: State;
}

export interface Match {
  matching: Named[];
  almost: (Named & { wrong: { field: string; wanted: string; found: string | null }[] })[];
}

export type Event = Record<string, unknown>;

export interface Events {
  events: { at: number; event: Event; matches: number }[];
  unmatched: { connector: string; connector_name: string; count: number; last: number }[];
}

/** A maintenance window: once, or whenever the clock of a time zone shows what the expression says. */
export type Window = {
  _id: string;
  name: string;
  /** null: for all heartbeats. */
  pattern: Record<string, string> | null;
  /** When it holds now, or next; null: never again. */
  next: { from: number; to: number } | null;
} & ({ from: number; to: number; cron?: undefined } | { cron: string; timezone: string; duration: string });

/** @returns since when an alarm is open; a pause that is over began the state anew, but not the alarm */
export const openSince = (past: Past | undefined): number | undefined =>
  past?.alarms.find(({ to }) => to === null)?.from;

/** @returns what a heartbeat is called: its name, or without one its pattern */
export const nameOf = ({ name, pattern }: Pick<Rule, 'name' | 'pattern'>): string =>
  name === undefined || name === '' ? patternText(pattern) : name;

/** @returns a pattern on one line */
export const patternText = (pattern: Record<string, string>): string =>
  Object.entries(pattern)
    .map(([field, value]) => `${field}: ${value}`)
    .join(' · ');
