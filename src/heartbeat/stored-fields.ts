import type { StoredHeartbeat } from './heartbeat.schema';
import type { HeartbeatDto } from './dto/heartbeat.dto';
import { type SortField, TEXT_FIELDS, type TextField } from '../domain/heartbeat-fields';
import { intervalSeconds } from '../domain/interval';
import { patternKey } from '../domain/pattern';

/** What is stored of a heartbeat besides its id, and besides when it was made. */
export type StoredFields = Omit<StoredHeartbeat, '_id' | 'created' | 'updated' | 'inserted'> & {
  pattern_key: string;
};

/** A valid heartbeat as it is stored: texts that are absent or null are left out, and what is never shown is added. */
export function storedFields(heartbeat: HeartbeatDto): StoredFields {
  const { pattern, expected_interval } = heartbeat;
  const texts: Partial<Record<TextField, string>> = {};
  for (const field of TEXT_FIELDS) {
    const text = heartbeat[field];
    if (typeof text === 'string') texts[field] = text;
  }
  return {
    // BSON takes an object with a field `_bsontype` for one of its own types; a Map is always a document.
    pattern: new Map(Object.entries(pattern)) as unknown as StoredFields['pattern'],
    expected_interval,
    ...texts,
    pattern_key: patternKey(pattern),
    interval_seconds: intervalSeconds(expected_interval),
  };
}

/** @returns the stored field that gives the order of a list: intervals are sorted by their length */
export const storedFieldFor = (
  sort_by: SortField,
): Exclude<SortField, 'expected_interval'> | 'interval_seconds' =>
  sort_by === 'expected_interval' ? 'interval_seconds' : sort_by;
