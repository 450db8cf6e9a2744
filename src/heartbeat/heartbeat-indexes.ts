import type { mongo } from 'mongoose';
import { isDuplicateKey } from '../database/duplicate-key';
import { chunksOf } from './bulk/chunks';
import { HEARTBEAT_INDEXES, type StoredHeartbeat } from './heartbeat.schema';

type Heartbeats = mongo.Collection<StoredHeartbeat>;

/** MongoDB's code for a collection that is not there. */
const NAMESPACE_NOT_FOUND = 26;
/** How many heartbeats one statement names. */
const BATCH = 1_000;

/** Whether all indexes of the heartbeats exist: they go with a collection that is dropped. */
export async function areIndexed(heartbeats: Heartbeats): Promise<boolean> {
  const found = await heartbeats.indexes().catch((error: { code?: unknown }) => {
    if (error.code !== NAMESPACE_NOT_FOUND) throw error;
    return [];
  });
  const names = new Set(found.map(({ name }) => name));
  return HEARTBEAT_INDEXES.every(([, { name }]) => names.has(name));
}

/**
 * Makes the indexes that do not exist yet. What was stored without them may share a pattern or a name that one alone may have: these
 * give it up, and are as if another program had written them.
 */
export async function makeIndexes(heartbeats: Heartbeats): Promise<void> {
  const make = (): Promise<unknown> =>
    heartbeats.createIndexes(HEARTBEAT_INDEXES.map(([key, options]) => ({ key, ...options })));
  try {
    await make();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    for (const field of ['pattern_key', 'name_key']) await releaseShared(heartbeats, field);
    await make();
  }
}

async function releaseShared(heartbeats: Heartbeats, field: string): Promise<void> {
  const shared = heartbeats.aggregate<{ ids: string[] }>([
    { $match: { [field]: { $gt: '' } } },
    // Some have two, while a bulk moves them from one to the other.
    { $unwind: `$${field}` },
    { $group: { _id: `$${field}`, ids: { $push: '$_id' } } },
    { $match: { 'ids.1': { $exists: true } } },
  ]);
  const ids = (await shared.toArray()).flatMap((each) => each.ids);
  for (const chunk of chunksOf(ids, BATCH))
    await heartbeats.updateMany({ _id: { $in: chunk } }, { $unset: { [field]: '' } });
}
