import type { StoredHeartbeat } from './heartbeat.schema';
import type { HeartbeatCollection } from './heartbeat-collection';
import { containing } from './search';
import { decoded } from './stored-id';

/** How many heartbeats are read at once. */
const SLICE = 1_000;
/** Where a BSON document says of which type its first field is, `_id`; and a text's. */
const TYPE_OF_ID = 4;
const TEXT = 2;

const SEARCHED = ['name', 'description', 'author', '_id'] as const;

/** A part of all that is found, in an order. */
export interface Part {
  readonly sort: Record<string, 1 | -1>;
  readonly skip: number;
  readonly limit: number;
}

/**
 * Searches in name, description, author, id and the values of the pattern. All heartbeats are read and looked at here, a slice
 * at a time: a database looks into no field that it is not told, and patterns may have any.
 * @param text not empty
 * @returns how many there are, and those of the part
 * @throws DatabaseError
 */
export async function searched(
  collection: HeartbeatCollection,
  text: string,
  { sort, skip, limit }: Part,
): Promise<[total: number, heartbeats: StoredHeartbeat[]]> {
  const expression = new RegExp(containing(text));
  let total = 0;
  const part: StoredHeartbeat[] = [];
  for await (const batch of collection.rawBatches({}, { sort, batchSize: SLICE })) {
    for (const bytes of batch) {
      // The bytes hold all its texts as they are: few documents that do not match are read any further.
      if (bytes[TYPE_OF_ID] === TEXT && !expression.test(bytes.toString('utf8'))) continue;
      const heartbeat = decoded<StoredHeartbeat>(bytes);
      if (!textsOf(heartbeat).some((value) => typeof value === 'string' && expression.test(value))) continue;
      if (total >= skip && part.length < limit) part.push(heartbeat);
      total++;
    }
  }
  return [total, part];
}

/** Another program may have stored anything in place of a text. */
function textsOf(heartbeat: StoredHeartbeat): unknown[] {
  const pattern: unknown = heartbeat.pattern;
  const values = typeof pattern === 'object' && pattern !== null ? (Object.values(pattern) as unknown[]) : [];
  return [...SEARCHED.map((field) => heartbeat[field]), ...values];
}
