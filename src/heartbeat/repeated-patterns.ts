import type { mongo } from 'mongoose';
import type { StoredHeartbeat } from './heartbeat.schema';
import { isPattern, patternKey } from '../domain/pattern';
import { unixSeconds } from '../domain/unix-time';
import { byCodePoint } from '../util/by-code-point';
import { keysOf } from './bulk/marking';
import { duplicatePositions } from '../database/duplicate-key';
import { idTime, storedIdOf, withTextId } from './stored-id';

type Heartbeats = mongo.Collection<StoredHeartbeat>;
/** What is read of heartbeats to see which one has their pattern. */
type Keyed = Pick<StoredHeartbeat, '_id' | 'pattern_key' | 'repeats' | 'created' | 'inserted' | 'undated'> & {
  /** There while a bulk is at it. */
  readonly before?: unknown;
};

const AGE_FIELDS = {
  ...{ pattern_key: 1, repeats: 1, created: 1, inserted: 1, undated: 1 },
  'before._id': 1,
} as const;

/** What became of heartbeats whose pattern others have as well; their ids. */
export interface Repeated {
  /** They have an older one's pattern, and did not a moment ago. */
  readonly younger: string[];
  /** The pattern is theirs now. */
  readonly elder: string[];
}

/** The key of its pattern; undefined where it has none that is valid. */
const ownKey = ({ pattern }: Pick<StoredHeartbeat, 'pattern'>): string | undefined =>
  isPattern(pattern) ? patternKey(pattern) : undefined;

/**
 * Whether another program wrote this heartbeat, or its pattern, so that nothing keeps it from having the pattern of another one.
 * While a bulk is at it, it is the bulk's business.
 */
export function isUnkeyed(
  heartbeat: Pick<Keyed, 'pattern_key' | 'repeats' | 'before'> & Pick<StoredHeartbeat, 'pattern'>,
): boolean {
  if (typeof heartbeat.before === 'object') return false;
  const key = ownKey(heartbeat);
  // All but a few have the one key.
  if (key === undefined || heartbeat.pattern_key === key || heartbeat.repeats === key) return false;
  return !keysOf(heartbeat.pattern_key).includes(key);
}

/**
 * Gives each of these the key of its pattern, which the unique index lets one alone have: the oldest. The others are marked with
 * it as `repeats`, so that they are found when the oldest goes. Done again, it does nothing.
 * @param isOld whether those of them that do not say when they were made count as older than all that do, rather than as new
 */
export async function giveKeys(
  heartbeats: Heartbeats,
  documents: readonly StoredHeartbeat[],
  isOld: boolean,
): Promise<Repeated> {
  const keys = new Map<Keyed, string>();
  for (const document of documents) keys.set(document, ownKey(document) ?? '');
  const refused = await tryAll(heartbeats, keys);
  return settle(heartbeats, refused, isOld);
}

/**
 * Lets the oldest of those that repeat a pattern have it, where nobody has it any more.
 * @param keys of the patterns, as many as one statement may name
 * @returns their ids
 */
export async function passOn(heartbeats: Heartbeats, keys: readonly string[]): Promise<string[]> {
  const projection = AGE_FIELDS;
  const waiting = await heartbeats.find({ repeats: { $in: [...keys] } }, { projection }).toArray();
  if (waiting.length === 0) return [];
  const byKey = grouped(new Map(waiting.map((document) => [withTextId(document), document.repeats ?? ''])));
  const holders = await holdersOf(heartbeats, [...byKey.keys()]);
  const heirs = new Map<Keyed, string>();
  for (const [key, these] of byKey) {
    const [heir] = these.sort(byAge(false));
    if (heir && !holders.has(key)) heirs.set(heir, key);
  }
  const refused = await tryAll(heartbeats, heirs);
  return [...heirs.keys()].filter((heir) => !refused.has(heir)).map(({ _id }) => _id);
}

/** @returns the heartbeats of each key, in the order in which they are given */
function grouped(keys: ReadonlyMap<Keyed, string>): Map<string, Keyed[]> {
  const byKey = new Map<string, Keyed[]>();
  for (const [document, key] of keys) {
    const these = byKey.get(key);
    if (these === undefined) byKey.set(key, [document]);
    else these.push(document);
  }
  return byKey;
}

/** @returns of each key who has it */
async function holdersOf(heartbeats: Heartbeats, keys: readonly string[]): Promise<Map<string, Keyed>> {
  const filter = { pattern_key: { $in: [...keys] } };
  const holders: Keyed[] = await heartbeats.find(filter, { projection: AGE_FIELDS }).toArray();
  return new Map(
    holders.flatMap((holder) => keysOf(holder.pattern_key).map((key) => [key, withTextId(holder)] as const)),
  );
}

/** @returns those that were refused, since another one has the key */
async function tryAll(
  heartbeats: Heartbeats,
  keys: ReadonlyMap<Keyed, string>,
): Promise<ReadonlyMap<Keyed, string>> {
  try {
    await writeAll(heartbeats, keys, holding);
    return new Map();
  } catch (error) {
    const positions = duplicatePositions(error);
    if (!positions) throw error;
    const refused = new Set(positions);
    return new Map([...keys].filter((_, at) => refused.has(at)));
  }
}

/** Decides who of those with one pattern has it: of all patterns with a few statements, since many may be repeated. */
async function settle(
  heartbeats: Heartbeats,
  refused: ReadonlyMap<Keyed, string>,
  isOld: boolean,
): Promise<Repeated> {
  const byKey = grouped(refused);
  if (byKey.size === 0) return { younger: [], elder: [] };
  const holders = await holdersOf(heartbeats, [...byKey.keys()]);
  const taking = new Map<Keyed, string>();
  const givingUp = new Map<Keyed, string>();
  for (const [key, documents] of byKey) {
    const holder = holders.get(key);
    const [oldest] = [...(holder ? [holder] : []), ...documents].sort(byAge(isOld));
    // What a bulk is at stays as it is.
    const moves = oldest !== undefined && oldest !== holder && typeof holder?.before !== 'object';
    if (moves) taking.set(oldest, key);
    if (moves && holder) givingUp.set(holder, key);
    for (const document of documents) if (!moves || document !== oldest) givingUp.set(document, key);
  }
  // The unique index lets nobody take what is not given up yet.
  await writeAll(heartbeats, givingUp, repeating);
  const lost = await tryAll(heartbeats, taking);
  await writeAll(heartbeats, lost, repeating);
  const ids = (documents: Iterable<Keyed>): string[] => Array.from(documents, ({ _id }) => _id);
  return {
    younger: ids([...givingUp.keys(), ...lost.keys()]),
    elder: ids([...taking.keys()].filter((document) => !lost.has(document))),
  };
}

/** What a heartbeat becomes that has its pattern. */
const holding = (key: string) => ({ $set: { pattern_key: key }, $unset: { repeats: '' as const } });

/** What one becomes that repeats an older one's. */
const repeating = (key: string) => ({ $set: { repeats: key }, $unset: { pattern_key: '' as const } });

/** Writes to each what it becomes with its key, unless somebody gave it another pattern since it was read. */
async function writeAll(
  heartbeats: Heartbeats,
  keys: ReadonlyMap<Keyed, string>,
  become: typeof holding | typeof repeating,
): Promise<void> {
  if (keys.size === 0) return;
  const operations = Array.from(keys, ([document, key]) => {
    const filter = { _id: storedIdOf(document), pattern_key: document.pattern_key ?? null };
    return { updateOne: { filter, update: become(key) } };
  });
  await heartbeats.bulkWrite(operations, { ordered: false });
}

/** The oldest first; where two are equally old, by their ids, so that all processes see the same order. */
function byAge(isOld: boolean): (a: Keyed, b: Keyed) => number {
  const age = (document: Keyed): number => {
    if (document.undated) return -1;
    return unixSeconds(document.created) ?? idTime(storedIdOf(document)) ?? (isOld ? -1 : Infinity);
  };
  const inserted = ({ inserted }: Keyed): number => (typeof inserted === 'number' ? inserted : Infinity);
  return (a, b) =>
    compare(age(a), age(b)) || compare(inserted(a), inserted(b)) || byCodePoint(String(a._id), String(b._id));
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
