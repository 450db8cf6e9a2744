import { randomUUID } from 'node:crypto';
import { md5Id } from './md5-id';

/** The names of the two generations of the API. */
export const DIALECT_NAMES = ['canopsis-3', 'canopsis-4'] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/**
 * A heartbeat as it is stored: what clients see, and three fields that they never do. Documents that another program
 * wrote may lack all that has a question mark.
 */
export interface StoredHeartbeat {
  _id: string;
  pattern: Record<string, string>;
  expected_interval: string;
  author?: string | null;
  name?: string | null;
  description?: string | null;
  output?: string | null;
  /** Unix seconds. */
  created?: number | null;
  /** Unix seconds. */
  updated?: number | null;
  /** Digest of the canonical form of the pattern; unique. */
  pattern_key?: string | null;
  /** `expected_interval` in seconds, to sort by; null where it is not a valid interval. */
  interval_seconds?: number | null;
  /** Order of insertion: microseconds since the epoch, made strictly increasing within a process. */
  inserted?: number | null;
}

/** A heartbeat as a client sees it; which fields it has depends on the dialect. */
export type HeartbeatDocument = Pick<StoredHeartbeat, '_id' | 'pattern' | 'expected_interval'> &
  Partial<Record<'author' | 'name' | 'description' | 'output', string>> &
  Partial<Record<'created' | 'updated', number | null>>;

/** All in which the two generations of the API differ. */
export interface Dialect {
  readonly name: DialectName;
  /** @returns the id of a new heartbeat */
  newId(pattern: Readonly<Record<string, string>>): string;
  /** @returns the document as answered */
  present(stored: StoredHeartbeat): HeartbeatDocument;
  /** Order of the bare list by creation: 1 oldest first, -1 newest first. */
  readonly listOrder: 1 | -1;
}

const TEXTS = ['author', 'name', 'description', 'output'] as const;

/** Seed 000: Canopsis 3. */
const canopsis3: Dialect = {
  name: 'canopsis-3',
  newId: md5Id,
  present: ({ _id, pattern, expected_interval }) => ({ _id, pattern, expected_interval }),
  listOrder: 1,
};

/** Seed 001: Canopsis 4. */
const canopsis4: Dialect = {
  name: 'canopsis-4',
  newId: () => randomUUID(),
  present: (stored) => {
    const { _id, pattern, expected_interval, created, updated } = stored;
    const shown: HeartbeatDocument = { _id, pattern, expected_interval, created, updated };
    for (const text of TEXTS) {
      const value = stored[text];
      if (value !== undefined && value !== null) shown[text] = value;
    }
    return shown;
  },
  listOrder: -1,
};

/** @returns the dialect of that name */
export const dialectOf = (name: DialectName): Dialect => (name === 'canopsis-3' ? canopsis3 : canopsis4);
