import type { mongo } from 'mongoose';
import type { StoredHeartbeat } from './heartbeat.schema';
import { isPattern, patternKey } from '../domain/pattern';
import { unixSeconds } from '../domain/unix-time';
import { byCodePoint } from '../util/by-code-point';
import { keysOf } from './bulk/marking';
import { duplicatePositions, isDuplicateKey } from '../database/duplicate-key';
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
  const keys = new Map<StoredHeartbeat, string>();
  for (const document of documents) keys.set(document, ownKey(document) ?? '');
  const refused = await tryAll(heartbeats, keys);
  const result: Repeated = { younger: [], elder: [] };
  for (const key of new Set(refused.map((document) => keys.get(document) ?? ''))) {
    const these = refused.filter((document) => keys.get(document) === key);
    await settle(heartbeats, key, these, isOld, result);
  }
  return result;
}

/**
 * Lets the oldest of those that repeat a pattern have it, where nobody has it any more.
 * @returns their ids
 */
export async function passOn(heartbeats: Heartbeats, keys: readonly string[]): Promise<string[]> {
  const projection = AGE_FIELDS;
  const waiting = await heartbeats.find({ repeats: { $in: [...keys] } }, { projection }).toArray();
  if (waiting.length === 0) return [];
  const wanted = [...new Set(waiting.map(({ repeats }) => repeats ?? ''))];
  const holders = await heartbeats.find({ pattern_key: { $in: wanted } }, { projection }).toArray();
  const held = new Set(holders.flatMap(({ pattern_key }) => keysOf(pattern_key)));
  const heirs: string[] = [];
  for (const key of wanted.filter((each) => !held.has(each))) {
    const [heir] = waiting.filter(({ repeats }) => repeats === key).sort(byAge(false));
    if (heir && (await take(heartbeats, withTextId(heir), key))) heirs.push(heir._id);
  }
  return heirs;
}

/** @returns those that were refused, since another one has the key */
async function tryAll(
  heartbeats: Heartbeats,
  keys: ReadonlyMap<StoredHeartbeat, string>,
): Promise<StoredHeartbeat[]> {
  const documents = [...keys.keys()];
  if (documents.length === 0) return [];
  const operations = documents.map((document) => ({ updateOne: taking(document, keys.get(document) ?? '') }));
  try {
    await heartbeats.bulkWrite(operations as mongo.AnyBulkWriteOperation<StoredHeartbeat>[], {
      ordered: false,
    });
    return [];
  } catch (error) {
    const positions = duplicatePositions(error);
    if (!positions) throw error;
    return positions.flatMap((at) => documents[at] ?? []);
  }
}

/** Decides who of those with one pattern has it. */
async function settle(
  heartbeats: Heartbeats,
  key: string,
  documents: readonly StoredHeartbeat[],
  isOld: boolean,
  { younger, elder }: Repeated,
): Promise<void> {
  const holder = withTextId(await heartbeats.findOne({ pattern_key: key }, { projection: AGE_FIELDS }));
  const [oldest] = [...documents, ...(holder ? [holder] : [])].sort(byAge(isOld));
  const rest = documents.filter((document) => document !== oldest);
  // What a bulk is at stays as it is.
  const moves = oldest !== undefined && oldest !== holder && typeof holder?.before !== 'object';
  if (moves && holder) await giveUp(heartbeats, holder, key);
  if (moves && (await take(heartbeats, oldest, key))) {
    elder.push(oldest._id);
    if (holder) younger.push(holder._id);
  } else if (oldest !== undefined && oldest !== holder) rest.push(oldest);
  for (const document of rest) {
    await giveUp(heartbeats, document, key);
    younger.push(document._id);
  }
}

/** What a heartbeat becomes that has its pattern. */
const holding = (key: string) => ({ $set: { pattern_key: key }, $unset: { repeats: '' as const } });

const taking = (document: Keyed, key: string): object => ({
  filter: { _id: storedIdOf(document), pattern_key: document.pattern_key ?? null },
  update: holding(key),
});

/** @returns whether it has the key now */
async function take(heartbeats: Heartbeats, document: Keyed, key: string): Promise<boolean> {
  try {
    const filter = { _id: storedIdOf(document) };
    return (await heartbeats.updateOne(filter, holding(key))).matchedCount > 0;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

async function giveUp(heartbeats: Heartbeats, document: Keyed, key: string): Promise<void> {
  const filter = { _id: storedIdOf(document), pattern_key: document.pattern_key ?? null };
  await heartbeats.updateOne(filter, {
    $set: { repeats: key },
    $unset: { pattern_key: '' },
  });
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
