import type { StoredHeartbeat } from './heartbeat.schema';
import type { HeartbeatDto } from './dto/heartbeat.dto';
import { intervalSeconds } from '../domain/interval';
import { patternKey } from '../domain/pattern';

/** What is stored of a heartbeat besides its id, and besides when it was made. */
export type StoredFields = Omit<StoredHeartbeat, '_id' | 'created' | 'updated' | 'inserted'> & {
  pattern_key: string;
};

/** A valid heartbeat as it is stored: texts that are absent or null are left out, and what is never shown is added. */
export function storedFields({
  pattern,
  expected_interval,
  author,
  name,
  description,
  output,
}: HeartbeatDto): StoredFields {
  const texts = Object.entries({ author, name, description, output }).filter(
    ([, text]) => typeof text === 'string',
  );
  return {
    // BSON takes an object with a field `_bsontype` for one of its own types; a Map is always a document.
    pattern: new Map(Object.entries(pattern)) as unknown as StoredFields['pattern'],
    expected_interval,
    ...(Object.fromEntries(texts) as Pick<StoredFields, 'author' | 'name' | 'description' | 'output'>),
    pattern_key: patternKey(pattern),
    interval_seconds: intervalSeconds(expected_interval),
  };
}
