import type { LoggerService } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { StoredHeartbeat } from '../canopsis/dialect';
import { duplicatePositions } from './duplicate-key';
import { intervalSeconds } from './interval';
import { isPattern, patternKey } from './pattern';

type Heartbeats = mongo.Collection<StoredHeartbeat>;
type Completion = mongo.AnyBulkWriteOperation<StoredHeartbeat>;

const BATCH = 1_000;

/** Documents without `created` (`null` also matches an absent field) are the older generation's, in natural order. */
const UNDATED: [mongo.Filter<StoredHeartbeat>, mongo.Sort?] = [{ created: null }];
const DATED: [mongo.Filter<StoredHeartbeat>, mongo.Sort?] = [
  { created: { $ne: null } },
  { created: 1, _id: 1 },
];

/**
 * Completes what Canopsis 3.x and 4.x left behind, or another program wrote, oldest first: the key of the pattern,
 * the order of insertion, the interval in seconds, `created` and `updated` where they lack. Where two documents have
 * the same pattern the first one gets the key; the others stay as they are, readable and deletable, and the log names
 * them. Every batch stands by itself, so that a start that was cut short is simply done again.
 * @param now unix seconds, for documents that do not say when they were made
 */
export async function completeOldDocuments(
  heartbeats: Heartbeats,
  now: number,
  nextInserted: () => number,
  logger: LoggerService,
): Promise<void> {
  let completed = 0;
  const twins = new Set<string>();
  for (const [age, sort] of [UNDATED, DATED]) {
    const incomplete = { ...age, $or: [{ pattern_key: null }, { inserted: null }] };
    const cursor = heartbeats.find(incomplete, { sort, batchSize: BATCH });
    let batch: StoredHeartbeat[] = [];
    for await (const document of cursor) {
      batch.push(document);
      if (batch.length < BATCH) continue;
      completed += await completeBatch(heartbeats, batch, now, nextInserted, twins);
      batch = [];
    }
    completed += await completeBatch(heartbeats, batch, now, nextInserted, twins);
  }
  if (completed > 0) logger.log(`completed ${completed} heartbeats written by another program`);
  if (twins.size > 0) {
    logger.warn(
      `these heartbeats repeat the pattern of an older one, which alone counts: ${[...twins].join(', ')}`,
    );
  }
}

/** @returns how many documents changed; the ids of those whose pattern is taken go to `twins` */
async function completeBatch(
  heartbeats: Heartbeats,
  batch: StoredHeartbeat[],
  now: number,
  nextInserted: () => number,
  twins: Set<string>,
): Promise<number> {
  // Keys first: a batch that is cut short between the two is found again in the same order.
  const keyed = await giveKeys(
    heartbeats,
    batch.filter((document) => typeof document.pattern_key !== 'string' && isPattern(document.pattern)),
    twins,
  );
  const undated = batch.filter((document) => typeof document.inserted !== 'number');
  const datings = undated.map((document) => dating(document, now, nextInserted()));
  if (datings.length > 0) await heartbeats.bulkWrite(datings, { ordered: false });
  return new Set([...keyed, ...undated]).size;
}

function dating(document: StoredHeartbeat, now: number, inserted: number): Completion {
  const created = secondsOr(now, document.created);
  const updated = secondsOr(created, document.updated);
  const interval_seconds = intervalSeconds(document.expected_interval) ?? null;
  const update = { $set: { created, updated, interval_seconds, inserted } };
  return { updateOne: { filter: { _id: document._id }, update } };
}

/** Whole ones, as the API has them; other programs may have written others. */
const secondsOr = (otherwise: number, stored: unknown): number =>
  Number.isFinite(stored) ? Math.floor(stored as number) : otherwise;

/** @returns the documents that got their key */
async function giveKeys(
  heartbeats: Heartbeats,
  documents: StoredHeartbeat[],
  twins: Set<string>,
): Promise<StoredHeartbeat[]> {
  if (documents.length === 0) return [];
  const keys = documents.map(({ _id, pattern }): Completion => {
    return {
      updateOne: {
        filter: { _id, pattern_key: null },
        update: { $set: { pattern_key: patternKey(pattern) } },
      },
    };
  });
  try {
    await heartbeats.bulkWrite(keys, { ordered: false });
    return documents;
  } catch (error) {
    const refused = duplicatePositions(error);
    if (!refused) throw error;
    for (const index of refused) twins.add(documents[index]?._id ?? '');
    return documents.filter((_, index) => !refused.includes(index));
  }
}
