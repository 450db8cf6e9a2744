import type { StoredHeartbeat } from '../../heartbeat/heartbeat.schema';
import { TEXT_FIELDS, type TextField } from '../../domain/heartbeat-fields';
import { isPattern } from '../../domain/pattern';
import type { StateName } from '../heartbeat-state';
import { unseenState } from '../state-row';

/** Texts and pattern of a heartbeat are kept up to so many characters in all; what has more is read when it is shown. */
const MAX_TEXT_LENGTH = 4_096;
/** Between the texts of an entry. Those of a heartbeat that has it in one of them are not kept whole. */
const SEPARATOR = '\0';
/** So many different values are remembered to be shared; then it begins anew. */
const MOST_SHARED = 10_000;
const TEXTS = ['name', 'author', 'description'] as const;

/** What is known of a heartbeat's state; times are milliseconds since the epoch. */
export interface EntryState {
  readonly state: StateName;
  readonly since: number;
  readonly lastEvent: number | null;
  readonly deadline: number | null;
}

/**
 * A heartbeat in the overview, as small as it can be: 100,000 of them are in memory. Its texts are one string, since a string
 * costs as much again for itself, and since a search then looks through one.
 */
export interface OverviewEntry {
  readonly id: string;
  /** Names of the pattern's fields, in their order; one array for all heartbeats that have the same. */
  readonly keys: readonly string[];
  /** Name, author, description and the pattern's values, with {@link SEPARATOR} between them; absent ones are empty. */
  readonly text: string;
  /** Which of name, author and description there are: a bit each. */
  readonly present: number;
  readonly output: string | undefined;
  readonly interval: string;
  /** In seconds; null where it is none. */
  readonly intervalSeconds: number | null;
  /** Unix seconds. */
  readonly created: number | null;
  /** Unix seconds. */
  readonly updated: number | null;
  /** Whether it can be shown only by reading it: another program wrote it, or its texts are long. */
  readonly partial: boolean;
  /** Where what is known of all entries has this one's place. */
  slot: number;
  /** Whether it is not in the overview any more. */
  gone: boolean;
  state: StateName;
  since: number;
  lastEvent: number | null;
  deadline: number | null;
}

/** What is read of a heartbeat to make an entry. Another program may have written anything. */
export type OverviewFields = { readonly _id: string } & Partial<Record<keyof StoredHeartbeat, unknown>>;

/** @returns the state of a heartbeat that no engine has seen yet. @param now milliseconds since the epoch */
export function unseenEntryState(heartbeat: OverviewFields, now: number): EntryState {
  const { state, since, last_event: lastEvent, deadline } = unseenState(heartbeat, now);
  return { state, since, lastEvent, deadline };
}

/** A heartbeat's fields as an entry gives them back: those of its document, with all texts. */
export type ShownHeartbeat = Pick<
  StoredHeartbeat,
  '_id' | 'pattern' | 'expected_interval' | 'created' | 'updated'
> &
  Partial<Record<TextField, string>>;

/** Makes entries, and lets those with the same pattern keys share them. */
export class EntryMaker {
  private readonly keySets = new Shared<readonly string[]>();
  private readonly intervals = new Shared<string>();

  /** @returns the entry of a heartbeat as it is stored */
  make(heartbeat: OverviewFields, { state, since, lastEvent, deadline }: EntryState): OverviewEntry {
    const { _id: id, pattern, expected_interval, created, updated, output } = heartbeat;
    const whole = isPattern(pattern);
    const keys = whole ? Object.keys(pattern) : [];
    const texts = TEXTS.map((name) => textOr('', heartbeat[name]));
    const all = [...texts, ...(whole ? keys.map((key) => pattern[key] ?? '') : [])];
    const joined = all.join(SEPARATOR);
    const odd = TEXT_FIELDS.some((name) => !isTextOrAbsent(heartbeat[name]));
    const times = [created, updated].every((time) => Number.isSafeInteger(time));
    const long = joined.length + textOr('', output).length + keys.join('').length > MAX_TEXT_LENGTH;
    const torn = joined.split(SEPARATOR).length !== all.length;
    return {
      id,
      keys: this.keySets.of(long ? [] : keys),
      text: long ? copyOf(joined.slice(0, MAX_TEXT_LENGTH)) : joined,
      present: TEXTS.reduce(
        (bits, name, at) => bits | (typeof heartbeat[name] === 'string' ? 1 << at : 0),
        0,
      ),
      output: typeof output === 'string' && !long ? output : undefined,
      interval: this.intervals.of(textOr('', expected_interval)),
      intervalSeconds: numberOrNull(heartbeat.interval_seconds),
      created: numberOrNull(created),
      updated: numberOrNull(updated),
      partial: !whole || typeof expected_interval !== 'string' || odd || !times || long || torn,
      slot: -1,
      gone: false,
      ...{ state, since, lastEvent, deadline },
    };
  }
}

/** Gives one and the same value for all that are equal. */
class Shared<T extends string | readonly string[]> {
  private readonly known = new Map<string, T>();

  of(value: T): T {
    const name = typeof value === 'string' ? value : JSON.stringify(value);
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_SHARED) this.known.clear();
    this.known.set(name, value);
    return value;
  }
}

/** Whether two entries of one heartbeat differ in nothing but, perhaps, its state. What is partial may differ in more. */
export const sameRule = (a: OverviewEntry, b: OverviewEntry): boolean =>
  a.text === b.text &&
  a.present === b.present &&
  (a.keys === b.keys || a.keys.join('\0') === b.keys.join('\0')) &&
  a.output === b.output &&
  a.interval === b.interval &&
  a.intervalSeconds === b.intervalSeconds &&
  a.created === b.created &&
  a.updated === b.updated &&
  a.partial === b.partial;

/** @returns the heartbeat as it is stored. Only for an entry that is not partial. */
export function shownHeartbeat(entry: OverviewEntry): ShownHeartbeat {
  const { id: _id, interval: expected_interval, created, updated, output } = entry;
  const texts = entry.text.split(SEPARATOR);
  const shown: ShownHeartbeat = { _id, pattern: patternOf(entry), expected_interval, created, updated };
  TEXTS.forEach((name, at) => {
    if (entry.present & (1 << at)) shown[name] = texts[at] ?? '';
  });
  if (output !== undefined) shown.output = output;
  return shown;
}

/** @returns name, author and description, with NUL between them */
export const textsOf = ({ text }: OverviewEntry): string =>
  text.split(SEPARATOR, TEXTS.length).join(SEPARATOR);

/** @returns the values of the pattern, in the order of the entry's keys */
export const valuesOf = ({ text }: OverviewEntry): string[] => text.split(SEPARATOR).slice(TEXTS.length);

/** @returns the pattern; of a partial entry what is known of it */
export function patternOf(entry: OverviewEntry): Record<string, string> {
  const values = valuesOf(entry);
  return Object.fromEntries(entry.keys.map((key, at) => [key, values[at] ?? '']));
}

/** @returns the entry for holding events against it, with its whole pattern; none where a value has NUL in it */
export function withPattern(entry: OverviewEntry, pattern: Record<string, string>): OverviewEntry[] {
  const values = Object.values(pattern);
  if (values.some((value) => value.includes(SEPARATOR))) return [];
  return [{ ...entry, keys: Object.keys(pattern), text: ['', '', '', ...values].join(SEPARATOR) }];
}

/** @returns undefined where it has none */
export const nameOf = ({ text, present }: OverviewEntry): string | undefined =>
  present & 1 ? text.slice(0, endOfText(text)) : undefined;

/** @returns undefined where it has none */
export const authorOf = ({ text, present }: OverviewEntry): string | undefined =>
  present & 2 ? text.split(SEPARATOR, 2)[1] : undefined;

function endOfText(text: string): number {
  const end = text.indexOf(SEPARATOR);
  return end < 0 ? text.length : end;
}

/** A slice would keep the whole of what it was cut from. */
const copyOf = (slice: string): string => Buffer.from(slice, 'utf16le').toString('utf16le');

const textOr = (otherwise: string, value: unknown): string => (typeof value === 'string' ? value : otherwise);
const isTextOrAbsent = (value: unknown): boolean =>
  value === undefined || value === null || typeof value === 'string';
const numberOrNull = (value: unknown): number | null => (Number.isFinite(value) ? (value as number) : null);
