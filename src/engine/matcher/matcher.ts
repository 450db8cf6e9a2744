import { eventFieldText } from './event-field-text';

/** A heartbeat's pattern: a non-empty set of event fields, each with the text that it must have. */
export type Pattern = Readonly<Record<string, string>>;

/** All patterns with the same set of keys. */
interface Group {
  readonly keys: readonly string[];
  /** From the composed values to the heartbeats that want them: one, or several in data of old. */
  readonly wanted: Map<string, string | Set<string>>;
}

/** Where a heartbeat is to be found. */
interface Place {
  readonly group: Group;
  readonly look: string;
}

/**
 * Finds the heartbeats that an event belongs to. Pure: no I/O, no clock.
 *
 * The patterns are grouped by their set of keys, and an event is looked up once in each group (contract: engine,
 * "Matching"): the cost of an event depends on the number of distinct key sets, never on the number of heartbeats.
 */
export class Matcher {
  private readonly groups = new Map<string, Group>();
  private readonly places = new Map<string, Place>();

  /** How many heartbeats are known. */
  get size(): number {
    return this.places.size;
  }

  /**
   * Adds a heartbeat. Several may have the same pattern; an event then belongs to each of them.
   *
   * @throws Error where the id is known already, or the pattern has no keys (it would match every event).
   */
  add(id: string, pattern: Pattern): void {
    if (this.places.has(id)) throw new Error(`heartbeat ${JSON.stringify(id)} is already matched`);
    const keys = Object.keys(pattern).sort();
    if (keys.length === 0) throw new Error(`the pattern of heartbeat ${JSON.stringify(id)} is empty`);
    const group = this.groupOf(keys);
    const look = keys.map((key, i) => part(pattern[key], i === keys.length - 1)).join('');
    this.places.set(id, { group, look });
    const others = group.wanted.get(look);
    if (others === undefined) group.wanted.set(look, id);
    else if (typeof others === 'string') group.wanted.set(look, new Set([others, id]));
    else others.add(id);
  }

  /** Forgets a heartbeat; false where it was not known. */
  remove(id: string): boolean {
    const place = this.places.get(id);
    if (place === undefined) return false;
    this.places.delete(id);
    const { keys, wanted } = place.group;
    const found = wanted.get(place.look);
    if (found instanceof Set) found.delete(id);
    if (!(found instanceof Set) || found.size === 0) wanted.delete(place.look);
    if (wanted.size === 0) this.groups.delete(keySet(keys));
    return true;
  }

  /** Gives a heartbeat another pattern, or adds it where it was not known. After an empty pattern's error it is unknown. */
  replace(id: string, pattern: Pattern): void {
    this.remove(id);
    this.add(id, pattern);
  }

  /** The ids of all heartbeats whose every key is a field of the event with the wanted text, in no special order. */
  match(event: Readonly<Record<string, unknown>>): string[] {
    const ids: string[] = [];
    for (const group of this.groups.values()) {
      const look = eventLook(group.keys, event);
      if (look === undefined) continue;
      const found = group.wanted.get(look);
      if (found === undefined) continue;
      if (typeof found === 'string') ids.push(found);
      else for (const id of found) ids.push(id);
    }
    return ids;
  }

  private groupOf(keys: readonly string[]): Group {
    const name = keySet(keys);
    let group = this.groups.get(name);
    if (group === undefined) {
      group = { keys, wanted: new Map() };
      this.groups.set(name, group);
    }
    return group;
  }
}

/** Composes what a group is searched for, or nothing where the event lacks a field that the group wants. */
function eventLook(keys: readonly string[], event: Readonly<Record<string, unknown>>): string | undefined {
  let look = '';
  const last = keys.length - 1;
  for (let i = 0; i <= last; i++) {
    const key = keys[i];
    // An inherited `constructor` or `toString` is no field of the event.
    const text = Object.hasOwn(event, key) ? eventFieldText(event[key]) : undefined;
    if (text === undefined) return undefined;
    look += part(text, i === last);
  }
  return look;
}

/**
 * One part of a composed text. Each but the last is preceded by its length, which makes the whole unambiguous: there is
 * one way only to take it apart, whatever characters the parts hold.
 */
function part(text: string, isLast: boolean): string {
  return isLast ? text : `${text.length}:${text}`;
}

function keySet(keys: readonly string[]): string {
  return keys.map((key) => part(key, false)).join('');
}
