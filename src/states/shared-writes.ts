import type { mongo } from 'mongoose';
import type { HeartbeatState } from './heartbeat-state';

/** So many ids one statement names at most. */
const MOST_IDS = 1_000;

type Filter = mongo.Filter<HeartbeatState>;
type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/**
 * The writes that make the same update to several states, in as few statements as may be: one look-up by many ids costs the
 * database and the driver a fraction of as many statements (decision 16).
 * @param which what holds for those that are updated, beside their ids
 */
export function sharedWrites(
  ids: readonly string[],
  which: Filter,
  update: mongo.UpdateFilter<HeartbeatState>,
): Write[] {
  const writes: Write[] = [];
  for (let from = 0; from < ids.length; from += MOST_IDS) {
    const these = ids.slice(from, from + MOST_IDS);
    const [only] = these;
    writes.push(
      // The driver makes a statement again that is for one document.
      these.length === 1
        ? { updateOne: { filter: { _id: only, ...which }, update } }
        : { updateMany: { filter: { _id: { $in: these }, ...which }, update } },
    );
  }
  return writes;
}
