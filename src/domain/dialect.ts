import { randomUUID } from 'node:crypto';
import { TEXT_FIELDS, type TextField } from './heartbeat-fields';
import { md5Id } from './md5-id';
import { unixSeconds } from './unix-time';

/** The names of the generations of the API. `canopsis-4.3` differs from `canopsis-4` in version 4 alone. */
export const DIALECT_NAMES = ['canopsis-3', 'canopsis-4', 'canopsis-4.3'] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** A heartbeat as a client sees it; which fields it has depends on the dialect. */
export type HeartbeatDocument = {
  _id: string;
  pattern: Record<string, string>;
  expected_interval: string;
} & Partial<Record<TextField, string>> &
  Partial<Record<'created' | 'updated', number | null>>;

/** The same as it is stored: another program may have written null. */
export type ShownFields = {
  [Field in keyof HeartbeatDocument]: undefined extends HeartbeatDocument[Field]
    ? HeartbeatDocument[Field] | null
    : HeartbeatDocument[Field];
};

/** All in which the generations of version 2 of the API differ. */
export interface Dialect {
  /** @returns the id of a new heartbeat */
  newId(pattern: Readonly<Record<string, string>>): string;
  /** @returns the document as answered */
  present(stored: ShownFields): HeartbeatDocument;
  /** Order of the bare list by creation: 1 oldest first, -1 newest first. */
  readonly listOrder: 1 | -1;
}

/** Seed 000: Canopsis 3. */
const canopsis3: Dialect = {
  newId: md5Id,
  present: ({ _id, pattern, expected_interval }) => ({ _id, pattern, expected_interval }),
  listOrder: 1,
};

/** Seed 001: Canopsis 4. */
const canopsis4: Dialect = {
  newId: () => randomUUID(),
  present: (stored) => {
    const { _id, pattern, expected_interval } = stored;
    const [created, updated] = [timeOf(stored.created), timeOf(stored.updated)];
    const shown: HeartbeatDocument = { _id, pattern, expected_interval, created, updated };
    for (const text of TEXT_FIELDS) {
      const value = stored[text];
      if (value !== undefined && value !== null) shown[text] = value;
    }
    return shown;
  },
  listOrder: -1,
};

/** Another program may have written it otherwise. */
const timeOf = (stored: unknown): number | null => unixSeconds(stored) ?? null;

/** @returns the dialect of that name */
export const dialectOf = (name: DialectName): Dialect => (name === 'canopsis-3' ? canopsis3 : canopsis4);
