import { mongo } from 'mongoose';
import { isDuplicateKey, writeErrorsOf } from '../database/duplicate-key';
import { READ_OPTIONS, REQUEST_TIMEOUT_MS } from '../database/timeouts';
import type { StoredHeartbeat } from './heartbeat.schema';
import { decoded, foreignIdsOf, idText } from './stored-id';

/** The database stops storing after this time, so that there is some left to see what it stored, in milliseconds. */
const INSERT_LIMIT_MS = (2 / 3) * REQUEST_TIMEOUT_MS;
/** MongoDB's code for what took longer than `maxTimeMS`. */
const MAX_TIME_EXPIRED = 50;

type Heartbeats = mongo.Collection<StoredHeartbeat>;
type Filter = mongo.Filter<StoredHeartbeat>;

/** What became of a new heartbeat: a unique index refuses a duplicate. */
export type Insertion = 'stored' | 'duplicate';

/** @returns the heartbeats that are known by these ids, in the same order, undefined where there is none */
export async function findMany(
  heartbeats: Heartbeats,
  ids: string[],
): Promise<(StoredHeartbeat | undefined)[]> {
  const found = await findByIds(heartbeats, ids, READ_OPTIONS);
  const byId = new Map(found.map((heartbeat) => [heartbeat._id, heartbeat]));
  return ids.map((id) => byId.get(id));
}

/**
 * Finds the heartbeats that are known by these ids. Those whose `_id` is no text are looked for where none has the text itself.
 * @returns each once, its `_id` as text, in no special order
 */
export async function findByIds(
  heartbeats: Heartbeats,
  ids: readonly string[],
  options: mongo.FindOptions,
): Promise<StoredHeartbeat[]> {
  const distinct = [...new Set(ids)];
  const find = async (wanted: unknown[]): Promise<StoredHeartbeat[]> => {
    const filter = { _id: wanted.length === 1 ? wanted[0] : { $in: wanted } } as Filter;
    // As bytes: the driver takes twice the time to decode them.
    const documents = await heartbeats.find<Buffer>(filter, { ...options, raw: true }).toArray();
    return documents.map((bytes) => decoded<StoredHeartbeat>(bytes));
  };
  const found = await find(distinct);
  const known = new Set(found.map(({ _id }) => _id));
  const foreign = distinct.filter((id) => !known.has(id)).flatMap(foreignIdsOf);
  if (foreign.length > 0) found.push(...(await find(foreign)));
  return found;
}

/**
 * In the order of `_id`, ids of other types stand before and behind all texts, and the empty text before the others: two short
 * walks along the index from its ends find them.
 * @returns as texts, those of the heartbeats whose `_id` is no text, or an empty one; twice where two have the same
 */
export async function foreignIds(heartbeats: Heartbeats): Promise<string[]> {
  const found: string[] = [];
  for (const direction of [1, -1] as const) {
    const options = { sort: { _id: direction }, projection: { _id: 1 }, batchSize: 100, ...READ_OPTIONS };
    const cursor = heartbeats.find({}, options);
    let isText = false;
    try {
      for await (const { _id } of cursor) {
        isText = typeof _id === 'string' && (_id !== '' || direction === -1);
        if (isText) break;
        found.push(idText(_id));
      }
    } finally {
      await cursor.close();
    }
    // Then that walk has seen all of them.
    if (!isText) break;
  }
  return found;
}

/**
 * Stores new heartbeats, each whether or not another is refused. The database stops where it takes too long, so that nothing is
 * stored whose client was told that it was not.
 * @returns in the same order, what became of each; an error where the database refused it for another reason
 * @throws what the driver throws where it is not known of each whether it was stored
 */
export async function insertMany(
  heartbeats: Heartbeats,
  documents: StoredHeartbeat[],
): Promise<(Insertion | Error)[]> {
  try {
    await heartbeats.insertMany(documents, { ordered: false, maxTimeMS: INSERT_LIMIT_MS });
    return documents.map(() => 'stored');
  } catch (error) {
    const refused = refusals(error);
    if (refused !== undefined) return documents.map((_, at) => refused.get(at) ?? 'stored');
    if ((error as { code?: unknown }).code !== MAX_TIME_EXPIRED) throw error;
    return await storedOr(error as Error, heartbeats, documents);
  }
}

/** @returns of each whether it is there, or the error */
async function storedOr(
  error: Error,
  heartbeats: Heartbeats,
  documents: readonly StoredHeartbeat[],
): Promise<(Insertion | Error)[]> {
  const ids = documents.map(({ _id }) => _id);
  const options = { projection: { inserted: 1 }, ...READ_OPTIONS } as const;
  const found = await heartbeats.find({ _id: { $in: ids } }, options).toArray();
  const stored = new Map(found.map(({ _id, inserted }) => [_id, inserted]));
  return documents.map(({ _id, inserted }) => (stored.get(_id) === inserted ? 'stored' : error));
}

/** @returns how many characters the texts of a heartbeat have, about */
export function charactersOf({ pattern, output, description, name }: Partial<StoredHeartbeat>): number {
  const texts = [output, description, name, ...Object.entries(pattern ?? {}).flat()];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

function refusals(error: unknown): Map<number, 'duplicate' | Error> | undefined {
  if (!(error instanceof mongo.MongoBulkWriteError) || error.result.getWriteConcernError()) return undefined;
  const errors = writeErrorsOf(error);
  if (errors.length === 0) return undefined;
  return new Map(
    errors.map(({ index, code, errmsg }) => {
      const refusal = new mongo.MongoServerError({ code, message: errmsg });
      return [index, isDuplicateKey(refusal) ? 'duplicate' : refusal];
    }),
  );
}
