import { eventFieldText } from '../../domain/event-field-text';
import { isEngineAlarm } from '../../events/event';
import { type OverviewEntry, valuesOf } from './overview-entry';

/** How many that almost match are told of: those that come nearest. */
const MOST_ALMOST = 50;

/** So many characters are told of a text, for a person to see what is wrong: an event may have a megabyte of it. */
const SHOWN_CHARACTERS = 1_000;

/** The field of a pattern that keeps an event from matching. */
export interface WrongField {
  readonly field: string;
  /** The value that the pattern wants; of a long one the beginning. */
  readonly wanted: string;
  /** What the event has there, as text, of a long one the beginning; null where it has nothing that could match. */
  readonly found: string | null;
}

/** What the event has in a field of some pattern. */
interface EventText {
  readonly text: string | undefined;
  /** The same without case and white space. */
  readonly plain: string | undefined;
}

/** The heartbeats that an event belongs to, and those that it misses by one field. */
export interface EventMatch {
  readonly matching: readonly OverviewEntry[];
  readonly almost: readonly { readonly entry: OverviewEntry; readonly wrong: WrongField }[];
}

type Event = Readonly<Record<string, unknown>>;
/** What an event has in each field of some pattern, in the order of its keys. */
type Texts = readonly EventText[];

/**
 * Holds an event against every heartbeat. It takes a time in proportion to their number: for a person who asks, not for the
 * events that come. An event matches almost where one field of several is wrong, or where the only one differs by nothing
 * but case and white space.
 */
export function matchEvent(event: Event, entries: Iterable<OverviewEntry>): EventMatch {
  const matching: OverviewEntry[] = [];
  const almost: { entry: OverviewEntry; missed: number; nearness: number }[] = [];
  if (isEngineAlarm(event)) return { matching, almost: [] };
  const textsFor = textsByKeys(event);
  for (const entry of entries) {
    if (entry.keys.length === 0) continue;
    const texts = textsFor(entry.keys);
    const values = valuesOf(entry);
    const missed = missedField(texts, values);
    if (missed === undefined) continue;
    if (missed === 'none') matching.push(entry);
    else {
      const nearness = nearnessOf(texts[missed], values[missed], entry.keys.length);
      if (nearness > 0) almost.push({ entry, missed, nearness });
    }
  }
  almost.sort((a, b) => b.nearness - a.nearness);
  const told = almost.slice(0, MOST_ALMOST).map(({ entry, missed }) => {
    const found = textsFor(entry.keys)[missed]?.text;
    const wrong: WrongField = {
      field: entry.keys[missed] ?? '',
      wanted: shown(valuesOf(entry)[missed] ?? ''),
      found: found === undefined ? null : shown(found),
    };
    return { entry, wrong };
  });
  return { matching, almost: told };
}

/** @returns of each event to how many heartbeats it belongs; one pass over the heartbeats for all events */
export function countMatches(events: readonly Event[], entries: Iterable<OverviewEntry>): number[] {
  const counts = events.map(() => 0);
  const heard = [...events.entries()].filter(([, event]) => !isEngineAlarm(event));
  /** Of each set of keys, which events have which values. */
  const byKeys = new Map<readonly string[], Map<string, number[]>>();
  for (const entry of entries) {
    if (entry.keys.length === 0) continue;
    let wanted = byKeys.get(entry.keys);
    if (wanted === undefined) byKeys.set(entry.keys, (wanted = eventsByTexts(heard, entry.keys)));
    if (wanted.size === 0) continue;
    for (const at of wanted.get(valuesOf(entry).join('\0')) ?? []) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

function eventsByTexts(
  events: readonly (readonly [number, Event])[],
  keys: readonly string[],
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [at, event] of events) {
    const texts = textsOf(event, keys);
    // What is no text matches nothing; neither does NUL, which no entry has in its values.
    if (texts.some((text) => text === undefined || text.includes('\0'))) continue;
    const name = texts.join('\0');
    found.set(name, [...(found.get(name) ?? []), at]);
  }
  return found;
}

/** Heartbeats with the same keys share the array of them, and those with other keys what the event has in a field. */
function textsByKeys(event: Event): (keys: readonly string[]) => Texts {
  const known = new Map<readonly string[], Texts>();
  const fields = new Map<string, EventText>();
  const fieldOf = (key: string): EventText => {
    let field = fields.get(key);
    if (field === undefined) {
      const text = textOf(event, key);
      fields.set(key, (field = { text, plain: text && plain(text) }));
    }
    return field;
  };
  return (keys) => {
    let texts = known.get(keys);
    if (texts === undefined) known.set(keys, (texts = keys.map(fieldOf)));
    return texts;
  };
}

const textsOf = (event: Event, keys: readonly string[]): (string | undefined)[] =>
  keys.map((key) => textOf(event, key));

const textOf = (event: Event, key: string): string | undefined =>
  Object.hasOwn(event, key) ? eventFieldText(event[key]) : undefined;

/** @returns where the one field stands that is wrong; undefined where there are several */
function missedField(texts: Texts, values: readonly string[]): number | 'none' | undefined {
  let wrong: number | undefined;
  for (let at = 0; at < values.length; at += 1) {
    if (texts[at]?.text === values[at]) continue;
    if (wrong !== undefined) return undefined;
    wrong = at;
  }
  return wrong ?? 'none';
}

/** The more fields are right, and the more alike the two texts, the nearer; 0: not near at all. */
function nearnessOf(found: EventText | undefined, wanted = '', fields: number): number {
  const alike = found?.plain !== undefined && found.plain === plain(wanted);
  return fields - 1 + (alike ? 1_000 : 0);
}

const plain = (text: string): string => text.replace(/\s+/g, '').toLowerCase();

/** Not cut inside a character. */
function shown(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${text.slice(0, SHOWN_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
