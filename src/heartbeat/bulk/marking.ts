import type { mongo } from 'mongoose';
import type { StoredHeartbeat } from '../heartbeat.schema';
import type { StoredFields } from '../stored-fields';
import { storedIdOf } from '../stored-id';

type Operation = mongo.AnyBulkWriteOperation<StoredHeartbeat>;
type Filter = mongo.Filter<StoredHeartbeat>;

/** What a heartbeat is to become. */
export interface Replacement {
  readonly old: StoredHeartbeat;
  readonly fields: StoredFields & {
    readonly name: string;
    readonly name_key: string;
    readonly updated: number;
  };
}

/** @returns what marks a heartbeat that is as it was read */
export const marking = (document: Pick<StoredHeartbeat, '_id' | 'bulk'>, bulk: string): Operation => ({
  updateOne: {
    filter: { _id: storedIdOf(document), bulk: document.bulk ?? null } as Filter,
    update: { $set: { bulk } },
  },
});

/**
 * What replaces heartbeats that are as they were read, so that it can be undone: each keeps what it was, and until the bulk is
 * decided it has both its new and its old name and pattern, so that nobody else can take either.
 *
 * A pattern that another heartbeat of the bulk has is not taken now, but stays with the other one, until the bulk is decided.
 */
export function replacing(replacements: readonly Replacement[], bulk: string): Operation[] {
  const given = new Set(replacements.map(({ old }) => old.pattern_key));
  return replacements.map(({ old, fields: { pattern_key, name_key, ...fields } }): Operation => {
    const waits = pattern_key !== old.pattern_key && given.has(pattern_key);
    const $set = {
      ...fields,
      ...(!waits && { pattern_key: reserved(pattern_key, old.pattern_key) }),
      // A name may always be kept, also where it was never claimed.
      ...(fields.name !== old.name && { name_key: reserved(name_key, old.name_key) }),
      bulk,
      before: beforeOf(old),
    };
    const asRead = ['bulk', 'name', 'pattern_key', 'updated'] as const;
    const filter = {
      _id: storedIdOf(old),
      // What another program stored may look like an operator, or a regular expression.
      ...Object.fromEntries(asRead.map((field) => [field, { $eq: old[field] ?? null }])),
    };
    return {
      updateOne: { filter: filter, update: { $set } as mongo.UpdateFilter<StoredHeartbeat> },
    };
  });
}

/** The names or patterns that a heartbeat has under a unique key: several while a bulk moves it from one to another. */
export const keysOf = (key: string | readonly string[] | null | undefined): readonly string[] =>
  [key ?? []].flat();

/** The unique indexes take each element for itself. The new one stands first. */
const reserved = (key: string, old: string | null | undefined): string | string[] =>
  typeof old === 'string' && old !== key ? [key, old] : key;

function beforeOf({ before: _, bulk: __, ...old }: StoredHeartbeat): StoredHeartbeat {
  return withSafePattern(old);
}

/**
 * BSON takes an object with a field `_bsontype` for one of its own types; a Map is always a document. A pattern that is none, which
 * another program stored, stays what it is.
 */
export function withSafePattern(stored: StoredHeartbeat): StoredHeartbeat {
  const { pattern }: { pattern?: object | null } = stored;
  const isDocument = pattern && Object.getPrototypeOf(pattern) === Object.prototype;
  if (!isDocument) return stored;
  return { ...stored, pattern: new Map(Object.entries(pattern)) as unknown as StoredHeartbeat['pattern'] };
}
