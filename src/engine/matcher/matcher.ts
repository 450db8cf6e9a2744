import { createHash } from 'node:crypto';
import { eventFieldText } from '../../domain/event-field-text';
import { type TextHash, combineHashes, textHashWith } from './text-hash';

/** Of patterns whose texts have more characters than this, and of sets of keys, a digest is kept: old data has some of a megabyte. */
const MOST_KEPT = 1_024;

/** Stands before a digest. No text that is kept is that long: without it a text of 43 characters could be kept as a digest is. */
const NO_LENGTH = '\uffff';

/** A heartbeat's pattern: a non-empty set of event fields, each with the text that it must have. */
export type Pattern = Readonly<Record<string, string>>;

/**
 * A field that patterns name, and what an event has there: converted and hashed when the first group asks for it, and once,
 * however many do.
 */
interface Field {
  readonly name: string;
  /** How many groups ask for it. */
  groups: number;
  /** For which event it was read last. */
  readFor: number;
  text: string | undefined;
  hash: number;
}

/** All patterns with the same set of keys. */
interface Group<Entry> {
  readonly name: string;
  readonly fields: readonly Field[];
  /**
   * By the combined hash of the wanted texts. The hash narrows the search down, to one heartbeat or none nearly always;
   * the texts themselves decide, so that no composed key can be taken for another.
   */
  readonly wanted: Map<number, Place<Entry>>;
}

/** An entry, and what it takes to find it for an event and to take it out again. */
interface Place<Entry> {
  readonly entry: Entry;
  readonly group: Group<Entry>;
  readonly hash: number;
  /** What the fields must have, see {@link keptOf}. */
  readonly texts: string;
  /** Another one with the same hash: in data of old several have one pattern. */
  next: Place<Entry> | undefined;
}

/**
 * Keeps what is known of each heartbeat, and finds those that an event belongs to. Pure: no I/O, no clock.
 *
 * The patterns are grouped by their set of keys, and an event is looked up once in each group (contract: engine,
 * "Matching"): the cost of an event depends on the number of distinct key sets, never on the number of heartbeats.
 */
export class Matcher<Entry extends { readonly id: string }> {
  private readonly fields = new Map<string, Field>();
  private readonly groups = new Map<string, Group<Entry>>();
  private readonly places = new Map<string, Place<Entry>>();
  private events = 0;

  /** @param hash default: one that nobody can foresee, so that nobody can choose patterns that share one */
  constructor(private readonly hash: TextHash = textHashWith()) {}

  /** How many heartbeats are known. */
  get size(): number {
    return this.places.size;
  }

  /** What was added with this id. */
  get(id: string): Entry | undefined {
    return this.places.get(id)?.entry;
  }

  /** All that was added. */
  *values(): Generator<Entry> {
    for (const { entry } of this.places.values()) yield entry;
  }

  /**
   * Adds a heartbeat. Several may have the same pattern; an event then belongs to each of them.
   *
   * @throws Error where the id is known already, or the pattern has no keys (it would match every event).
   */
  add(entry: Entry, pattern: Pattern): void {
    const { id } = entry;
    if (this.places.has(id)) throw new Error(`heartbeat ${JSON.stringify(id)} is already matched`);
    const [keys, texts] = inOrder(pattern);
    if (keys.length === 0) throw new Error(`the pattern of heartbeat ${JSON.stringify(id)} is empty`);
    const group = this.groupOf(keys);
    const hash = texts.map(this.hash).reduce(combineHashes, 0);
    const place = { entry, group, hash, texts: keptOf(texts), next: group.wanted.get(hash) };
    group.wanted.set(hash, place);
    this.places.set(id, place);
  }

  /** Whether what was added with this id has this pattern. */
  isPatternOf(id: string, pattern: Pattern): boolean {
    const place = this.places.get(id);
    if (place === undefined) return false;
    const [keys, texts] = inOrder(pattern);
    return place.group.name === nameOf(keys) && place.texts === keptOf(texts);
  }

  /** Forgets a heartbeat; false where it was not known. */
  remove(id: string): boolean {
    const place = this.places.get(id);
    if (place === undefined) return false;
    this.places.delete(id);
    const { wanted } = place.group;
    const rest = without(wanted.get(place.hash), place);
    if (rest !== undefined) wanted.set(place.hash, rest);
    else wanted.delete(place.hash);
    if (wanted.size === 0) this.forgetGroup(place.group);
    return true;
  }

  /** Adds a heartbeat in the place of the one with its id, if there is one. After an empty pattern's error the id is unknown. */
  replace(entry: Entry, pattern: Pattern): void {
    this.remove(entry.id);
    this.add(entry, pattern);
  }

  /** All heartbeats whose every key is a field of the event with the wanted text, in no special order. */
  match(event: Readonly<Record<string, unknown>>): Entry[] {
    this.events += 1;
    const found: Entry[] = [];
    for (const { fields, wanted } of this.groups.values()) {
      const hash = this.hashOf(fields, event);
      let candidate = hash === undefined ? undefined : wanted.get(hash);
      for (; candidate !== undefined; candidate = candidate.next) {
        if (haveTexts(fields, candidate.texts)) found.push(candidate.entry);
      }
    }
    return found;
  }

  /** The combined hash of the event's texts, or nothing where one is missing: most groups are done with their first field. */
  private hashOf(fields: readonly Field[], event: Readonly<Record<string, unknown>>): number | undefined {
    let hash = 0;
    for (const field of fields) {
      if (field.readFor !== this.events) this.readField(field, event);
      if (field.text === undefined) return undefined;
      hash = combineHashes(hash, field.hash);
    }
    return hash;
  }

  private readField(field: Field, event: Readonly<Record<string, unknown>>): void {
    field.readFor = this.events;
    // An inherited `constructor` or `toString` is no field of the event.
    field.text = Object.hasOwn(event, field.name) ? eventFieldText(event[field.name]) : undefined;
    if (field.text !== undefined) field.hash = this.hash(field.text);
  }

  private groupOf(keys: readonly string[]): Group<Entry> {
    const name = nameOf(keys);
    let group = this.groups.get(name);
    if (group === undefined) {
      group = { name, fields: keys.map((key) => this.fieldOf(key)), wanted: new Map() };
      for (const field of group.fields) field.groups += 1;
      this.groups.set(name, group);
    }
    return group;
  }

  private fieldOf(name: string): Field {
    let field = this.fields.get(name);
    if (field === undefined) {
      field = { name, groups: 0, readFor: 0, text: undefined, hash: 0 };
      this.fields.set(name, field);
    }
    return field;
  }

  private forgetGroup(group: Group<Entry>): void {
    this.groups.delete(group.name);
    for (const field of group.fields) {
      field.groups -= 1;
      if (field.groups === 0) this.fields.delete(field.name);
    }
  }
}

/** A pattern's keys, sorted, and its texts as the keys stand. */
function inOrder(pattern: Pattern): [keys: string[], texts: string[]] {
  const pairs = Object.entries(pattern).sort(([a], [b]) => (a < b ? -1 : 1));
  return [pairs.map(([key]) => key), pairs.map(([, text]) => text)];
}

function nameOf(keys: readonly string[]): string {
  const json = JSON.stringify(keys);
  return json.length > MOST_KEPT ? digestOf(keys) : json;
}

/**
 * One string for all texts takes a quarter of the memory of a list of short ones: their lengths, a character each, so that no list
 * can be taken for another, and then the texts. Of long ones it is a digest, behind a character that is no length. Joined, since
 * a text that was put together by `+` keeps its parts.
 */
function keptOf(texts: readonly string[]): string {
  if (areLong(texts)) return NO_LENGTH + digestOf(texts);
  return [...texts.map(({ length }) => String.fromCharCode(length)), ...texts].join('');
}

/** Whether the event has in these fields what {@link keptOf} was given. */
function haveTexts(fields: readonly Field[], kept: string): boolean {
  if (kept.startsWith(NO_LENGTH)) return keptOf(fields.map(({ text = '' }) => text)) === kept;
  let at = fields.length;
  for (let i = 0; i < fields.length; i++) {
    const text = fields[i]?.text ?? '';
    if (kept.charCodeAt(i) !== text.length || !kept.startsWith(text, at)) return false;
    at += text.length;
  }
  return true;
}

const areLong = (texts: readonly string[]): boolean =>
  texts.reduce((length, text) => length + text.length, 0) > MOST_KEPT;

/** The lengths stand before the texts, so that no list can be taken for another. */
function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(texts.map(({ length }) => length)));
  for (const text of texts) hash.update(text, 'utf16le');
  return hash.digest('base64');
}

/** The chain without one of its members. */
function without<Entry>(chain: Place<Entry> | undefined, gone: Place<Entry>): Place<Entry> | undefined {
  if (chain === gone) return gone.next;
  for (let at = chain; at !== undefined; at = at.next) if (at.next === gone) at.next = gone.next;
  return chain;
}
