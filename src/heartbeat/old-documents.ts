import type { LoggerService } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { chunksOf } from './bulk/chunks';
import type { StoredHeartbeat } from './heartbeat.schema';
import { COUNT_ALL_OPTIONS } from '../database/timeouts';
import { intervalSeconds } from '../domain/interval';
import { unixSeconds } from '../domain/unix-time';
import { isUnkeyed, giveKeys, passOn, type Repeated } from './repeated-patterns';
import { idTime, storedIdOf, withTextId } from './stored-id';

type Heartbeats = mongo.Collection<StoredHeartbeat>;
type Completion = mongo.AnyBulkWriteOperation<StoredHeartbeat>;
type Filter = mongo.Filter<StoredHeartbeat>;

const BATCH = 1_000;
/** Answered by a sparse index alone, other than `$exists`. */
const ANY_TEXT = { $gte: '' } as const;
/** How many ids a line of the log names. */
const NAMED = 100;

/** What completing needs to know. */
export interface CompletionContext {
  /** Unix seconds, for documents that do not say when they were made. */
  readonly now: number;
  readonly nextInserted: () => number;
  readonly logger: LoggerService;
}

/**
 * Completes what Canopsis 3.x and 4.x left behind, or another program wrote: the key of the pattern, the order of insertion, the
 * interval in seconds, `created` and `updated`. Those without a date are the older generation's, and come first, in the order of
 * their ids. Where several have the same pattern the oldest gets the key; the others stay readable and deletable, and the log
 * names them. Every batch stands by itself, so that a start that was cut short is simply done again.
 */
export async function completeOldDocuments(
  heartbeats: Heartbeats,
  context: CompletionContext,
): Promise<void> {
  if (!(await isAnyUnfinished(heartbeats))) return;
  const incomplete = { $or: [{ pattern_key: null, repeats: null }, { inserted: null }] };
  // `null` also matches an absent field.
  const ages: Filter[] = [{ created: null }, { created: { $ne: null as unknown as undefined } }];
  let completed = 0;
  for (const age of ages) {
    const options = { sort: { _id: 1 }, batchSize: BATCH } as const;
    const cursor = heartbeats.find({ ...age, ...incomplete } as Filter, options);
    for (let more = await cursor.hasNext(); more; more = await cursor.hasNext()) {
      const batch = cursor.readBufferedDocuments().map(withTextId);
      const { changed } = await complete(heartbeats, batch, context, true);
      completed += changed;
    }
  }
  if (completed > 0) context.logger.log(`completed ${completed} heartbeats written by another program`);
  tellOfRepeated(await waiting(heartbeats), context.logger);
}

/**
 * Whether there may be anything to do. At nearly every start there is not: all heartbeats have a key, and none waits for that of
 * another, which is seen by counting what is in the indexes. What has its key has been completed before.
 */
async function isAnyUnfinished(heartbeats: Heartbeats): Promise<boolean> {
  // In this order: what others insert meanwhile must not stand for what lacks its key.
  const keyed = await heartbeats.countDocuments({ pattern_key: ANY_TEXT }, { hint: 'pattern_key_1' });
  const all = await heartbeats.countDocuments({}, { hint: COUNT_ALL_OPTIONS.hint });
  return keyed !== all || (await heartbeats.countDocuments({ repeats: ANY_TEXT })) > 0;
}

/** @returns the ids of those that wait for an older one with their pattern to go, once those do not that need not */
async function waiting(heartbeats: Heartbeats): Promise<string[]> {
  const options = { projection: { repeats: 1 }, sort: { _id: 1 } } as const;
  const marked = await heartbeats.find({ repeats: ANY_TEXT }, options).toArray();
  const keys = [...new Set(marked.flatMap(({ repeats }) => repeats ?? []))];
  const heirs = new Set<string>();
  for (const chunk of chunksOf(keys, BATCH))
    for (const heir of await passOn(heartbeats, chunk)) heirs.add(heir);
  return marked.map((document) => withTextId(document)._id).filter((id) => !heirs.has(id));
}

/** Names heartbeats that have an older one's pattern. */
export function tellOfRepeated(ids: readonly string[], logger: LoggerService): void {
  for (let at = 0; at < ids.length; at += NAMED) {
    const named = ids.slice(at, at + NAMED).join(', ');
    logger.warn(`these heartbeats repeat the pattern of an older one, which alone counts: ${named}`);
  }
}

/**
 * Completes some documents.
 * @param isOld whether those that do not say when they were made count as older than all that do, rather than as new
 */
export async function complete(
  heartbeats: Heartbeats,
  batch: readonly StoredHeartbeat[],
  { now, nextInserted }: Omit<CompletionContext, 'logger'>,
  isOld: boolean,
): Promise<{ changed: number; repeated: Repeated }> {
  // Keys last: whoever has one is known to be complete, and a batch that is cut short between the two is found again.
  const incomplete = batch.filter((document) => typeof document.inserted !== 'number');
  const datings = incomplete.map((document) => dating(document, { now, inserted: nextInserted(), isOld }));
  if (datings.length > 0) await heartbeats.bulkWrite(datings, { ordered: false });
  const unkeyed = batch.filter(isUnkeyed);
  const repeated = await giveKeys(heartbeats, unkeyed, isOld);
  const younger = new Set(repeated.younger);
  const keyed = unkeyed.filter(({ _id }) => !younger.has(_id));
  return { changed: new Set([...keyed, ...incomplete]).size, repeated };
}

/** Whole seconds, as the API has them. */
function dating(
  document: StoredHeartbeat,
  { now, inserted, isOld }: { now: number; inserted: number; isOld: boolean },
): Completion {
  const _id = storedIdOf(document);
  const said = unixSeconds(document.created) ?? idTime(_id);
  const created = said ?? now;
  const updated = unixSeconds(document.updated) ?? created;
  const interval_seconds = intervalSeconds(document.expected_interval) ?? null;
  const undated = isOld && said === undefined && { undated: true as const };
  const update = { $set: { created, updated, interval_seconds, inserted, ...undated } };
  return { updateOne: { filter: { _id }, update } };
}
