import { createHash } from 'node:crypto';
import type { Connection, mongo } from 'mongoose';
import { HEARTBEAT_INDEXES } from '../../src/heartbeat/heartbeat.schema';

/** Further fields of a heartbeat, by its number. */
export type MoreFields = (i: number) => Record<string, unknown>;

/** A heartbeat of an hour as the API stores it. */
export function stored(i: number, now: number, more?: MoreFields): { _id: string } {
  const pattern = { connector: 'bench', connector_name: `n${i}` };
  const pattern_key = createHash('sha256')
    .update(JSON.stringify(Object.entries(pattern)))
    .digest('base64url');
  const times = { created: now, updated: now, inserted: i };
  return {
    ...{ _id: `h${i}`, pattern, expected_interval: '1h', pattern_key, interval_seconds: 3_600 },
    ...times,
    ...more?.(i),
  };
}

/** Stores so many heartbeats, in a collection with the API's indexes. */
export async function fillHeartbeats(
  connection: Connection,
  count: number,
  more?: MoreFields,
): Promise<void> {
  const heartbeats = connection.collection('heartbeat') as unknown as mongo.Collection<{ _id: string }>;
  await heartbeats.createIndexes(HEARTBEAT_INDEXES.map(([key, options]) => ({ key, ...options })));
  const now = Math.floor(Date.now() / 1000);
  for (let from = 0; from < count; from += 5_000) {
    const documents = Array.from({ length: Math.min(5_000, count - from) }, (_, i) =>
      stored(from + i, now, more),
    );
    await heartbeats.insertMany(documents, { ordered: false });
  }
}
