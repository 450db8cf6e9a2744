import { createHash } from 'node:crypto';
import { eventFieldText } from '../../domain/event-field-text';
import { type TextHash, combineHashes, textHashWith } from './text-hash';

/** Of patterns with more characters than this, and of sets of keys, a digest is kept: old data has some of a megabyte. */
const MOST_KEPT = 1_024;

/** A heartbeat's pattern: a non-empty set of event fields, each with the text that it must have. */
export type Pattern = Readonly<Record<string, string>>;

/** A field that patterns name, and what the event at hand has there: converted and hashed once, however many groups ask. */
interface Field {
  readonly name: string;
  /** How many groups ask for it. */
  groups: number;
  text: string | undefined;
  hash: number;
}

/** All patterns with the same set of keys. */
interface Group {
  readonly name: string;
  readonly fields: readonly Field[];
  /**
   * By the combined hash of the wanted texts. The hash narrows the search down, to one heartbeat or none nearly always;
   * the texts themselves decide, so that no composed key can be taken for another.
   */
  readonly wanted: Map<number, Heartbeat>;
}

interface Heartbeat {
  readonly id: string;
  readonly group: Group;
  readonly hash: number;
  /** What the fields must have; of long texts their digest. */
  readonly texts: readonly string[] | string;
  /** Another one with the same hash: in data of old several have one pattern. */
  next: Heartbeat | undefined;
}

/**
 * Finds the heartbeats that an event belongs to. Pure: no I/O, no clock.
 *
 * The patterns are grouped by their set of keys, and an event is looked up once in each group (contract: engine,
 * "Matching"): the cost of an event depends on the number of distinct key sets, never on the number of heartbeats.
 */
export class Matcher {
  private readonly fields = new Map<string, Field>();
  private readonly groups = new Map<string, Group>();
  private readonly heartbeats = new Map<string, Heartbeat>();

  /** @param hash default: one that nobody can foresee, so that nobody can choose patterns that share one */
  constructor(private readonly hash: TextHash = textHashWith()) {}

  /** How many heartbeats are known. */
  get size(): number {
    return this.heartbeats.size;
  }

  /**
   * Adds a heartbeat. Several may have the same pattern; an event then belongs to each of them.
   *
   * @throws Error where the id is known already, or the pattern has no keys (it would match every event).
   */
  add(id: string, pattern: Pattern): void {
    if (this.heartbeats.has(id)) throw new Error(`heartbeat ${JSON.stringify(id)} is already matched`);
    const entries = Object.entries(pattern).sort(([a], [b]) => (a < b ? -1 : 1));
    if (entries.length === 0) throw new Error(`the pattern of heartbeat ${JSON.stringify(id)} is empty`);
    const group = this.groupOf(entries.map(([key]) => key));
    const texts = entries.map(([, text]) => text);
    const hash = texts.map(this.hash).reduce(combineHashes, 0);
    const isLong = texts.reduce((length, text) => length + text.length, 0) > MOST_KEPT;
    const kept = isLong ? digestOf(texts) : texts;
    const heartbeat = { id, group, hash, texts: kept, next: group.wanted.get(hash) };
    group.wanted.set(hash, heartbeat);
    this.heartbeats.set(id, heartbeat);
  }

  /** Forgets a heartbeat; false where it was not known. */
  remove(id: string): boolean {
    const heartbeat = this.heartbeats.get(id);
    if (heartbeat === undefined) return false;
    this.heartbeats.delete(id);
    const { wanted } = heartbeat.group;
    const rest = without(wanted.get(heartbeat.hash), heartbeat);
    if (rest !== undefined) wanted.set(heartbeat.hash, rest);
    else wanted.delete(heartbeat.hash);
    if (wanted.size === 0) this.forgetGroup(heartbeat.group);
    return true;
  }

  /** Gives a heartbeat another pattern, or adds it where it was not known. After an empty pattern's error it is unknown. */
  replace(id: string, pattern: Pattern): void {
    this.remove(id);
    this.add(id, pattern);
  }

  /** The ids of all heartbeats whose every key is a field of the event with the wanted text, in no special order. */
  match(event: Readonly<Record<string, unknown>>): string[] {
    for (const field of this.fields.values()) this.readField(field, event);
    const ids: string[] = [];
    for (const { fields, wanted } of this.groups.values()) {
      const hash = hashOf(fields);
      let candidate = hash === undefined ? undefined : wanted.get(hash);
      for (; candidate !== undefined; candidate = candidate.next) {
        if (haveTexts(fields, candidate.texts)) ids.push(candidate.id);
      }
    }
    return ids;
  }

  private readField(field: Field, event: Readonly<Record<string, unknown>>): void {
    // An inherited `constructor` or `toString` is no field of the event.
    field.text = Object.hasOwn(event, field.name) ? eventFieldText(event[field.name]) : undefined;
    if (field.text !== undefined) field.hash = this.hash(field.text);
  }

  private groupOf(keys: readonly string[]): Group {
    const json = JSON.stringify(keys);
    const name = json.length > MOST_KEPT ? digestOf(keys) : json;
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
      field = { name, groups: 0, text: undefined, hash: 0 };
      this.fields.set(name, field);
    }
    return field;
  }

  private forgetGroup(group: Group): void {
    this.groups.delete(group.name);
    for (const field of group.fields) {
      field.groups -= 1;
      if (field.groups === 0) this.fields.delete(field.name);
    }
  }
}

/** The combined hash of the event's texts, or nothing where one is missing. */
function hashOf(fields: readonly Field[]): number | undefined {
  let hash = 0;
  for (const field of fields) {
    if (field.text === undefined) return undefined;
    hash = combineHashes(hash, field.hash);
  }
  return hash;
}

function haveTexts(fields: readonly Field[], texts: readonly string[] | string): boolean {
  if (typeof texts === 'string') return digestOf(fields.map(({ text = '' }) => text)) === texts;
  for (let i = 0; i < fields.length; i++) if (fields[i]?.text !== texts[i]) return false;
  return true;
}

/** The lengths stand before the texts, so that no list can be taken for another. */
function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(texts.map(({ length }) => length)));
  for (const text of texts) hash.update(text, 'utf16le');
  return hash.digest('base64');
}

/** The chain without one of its members. */
function without(chain: Heartbeat | undefined, gone: Heartbeat): Heartbeat | undefined {
  if (chain === gone) return gone.next;
  for (let at = chain; at !== undefined; at = at.next) if (at.next === gone) at.next = gone.next;
  return chain;
}
