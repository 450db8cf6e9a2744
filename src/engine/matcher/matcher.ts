import { eventFieldText } from './event-field-text';
import { HashIndex } from './hash-index';
import { combineHashes, textHash } from './text-hash';

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
  readonly wanted: HashIndex<Heartbeat>;
}

interface Heartbeat {
  readonly id: string;
  readonly group: Group;
  readonly hash: number;
  readonly texts: readonly string[];
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
    const keys = Object.keys(pattern).sort();
    if (keys.length === 0) throw new Error(`the pattern of heartbeat ${JSON.stringify(id)} is empty`);
    const group = this.groupOf(keys);
    const texts = keys.map((key) => pattern[key]);
    const hash = texts.map(textHash).reduce(combineHashes, 0);
    const heartbeat = { id, group, hash, texts, next: group.wanted.get(hash) };
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
    for (const field of this.fields.values()) readField(field, event);
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

  private groupOf(keys: readonly string[]): Group {
    const name = JSON.stringify(keys);
    let group = this.groups.get(name);
    if (group === undefined) {
      group = { name, fields: keys.map((key) => this.fieldOf(key)), wanted: new HashIndex() };
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

function readField(field: Field, event: Readonly<Record<string, unknown>>): void {
  // An inherited `constructor` or `toString` is no field of the event.
  field.text = Object.hasOwn(event, field.name) ? eventFieldText(event[field.name]) : undefined;
  if (field.text !== undefined) field.hash = textHash(field.text);
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

function haveTexts(fields: readonly Field[], texts: readonly string[]): boolean {
  for (let i = 0; i < fields.length; i++) if (fields[i].text !== texts[i]) return false;
  return true;
}

/** The chain without one of its members. */
function without(chain: Heartbeat | undefined, gone: Heartbeat): Heartbeat | undefined {
  if (chain === gone) return gone.next;
  for (let at = chain; at !== undefined; at = at.next) if (at.next === gone) at.next = gone.next;
  return chain;
}
