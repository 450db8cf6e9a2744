import type { mongo } from 'mongoose';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { dialectOf } from '../domain/dialect';
import type { StoredHeartbeat } from '../heartbeat/heartbeat.schema';
import { withTextId } from '../heartbeat/stored-id';

const BATCH = 1_000;

/**
 * Writes all heartbeats, oldest first, each as one line of JSON in the form of Canopsis 4, which has all that Canopsis 3 has.
 * @param end whether to end the stream with them
 * @param passed is told how many heartbeats are done
 * @returns how many there were
 * @throws what the driver or the stream throws
 */
export async function exportHeartbeats(
  heartbeats: mongo.Collection<StoredHeartbeat>,
  to: Writable,
  { end, passed }: { end: boolean; passed: (count: number) => void },
): Promise<number> {
  const form = dialectOf('canopsis-4');
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    const sort = { created: 1, inserted: 1 } as const;
    let text = '';
    for await (const stored of heartbeats.find({}, { sort, batchSize: BATCH })) {
      text += `${JSON.stringify(form.present(withTextId(stored)))}\n`;
      count += 1;
      passed(count);
      if (text.length < 65_536) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
  await pipeline(Readable.from(lines(), { objectMode: true, highWaterMark: 1 }), to, { end });
  return count;
}
