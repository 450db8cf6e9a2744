import { mongo } from 'mongoose';
import type { StoredHeartbeat } from '../canopsis/dialect';
import { writeErrorsOf } from './duplicate-key';
import { IN_TIME } from './patience';

type Heartbeats = mongo.Collection<StoredHeartbeat>;

/** @returns the heartbeats with these ids, in the same order, undefined where there is none */
export async function findAll(
  heartbeats: Heartbeats,
  ids: string[],
): Promise<(StoredHeartbeat | undefined)[]> {
  const distinct = [...new Set(ids)];
  const filter = { _id: distinct.length === 1 ? distinct[0] : { $in: distinct } };
  const found = await heartbeats.find(filter, IN_TIME).toArray();
  const byId = new Map(found.map((heartbeat) => [heartbeat._id, heartbeat]));
  return ids.map((id) => byId.get(id));
}

/**
 * Stores new heartbeats, each whether or not another is refused.
 * @returns in the same order, the error of each that the database refused, and undefined for those that are stored
 * @throws what the driver throws where it is not known of each whether it was stored
 */
export async function insertAll(
  heartbeats: Heartbeats,
  documents: StoredHeartbeat[],
): Promise<(Error | undefined)[]> {
  try {
    await heartbeats.insertMany(documents, { ordered: false });
    return documents.map(() => undefined);
  } catch (error) {
    const refused = refusals(error);
    if (refused === undefined) throw error;
    return documents.map((_, at) => refused.get(at));
  }
}

function refusals(error: unknown): Map<number, Error> | undefined {
  if (!(error instanceof mongo.MongoBulkWriteError) || error.result.getWriteConcernError()) return undefined;
  const errors = writeErrorsOf(error);
  if (errors.length === 0) return undefined;
  return new Map(
    errors.map((refusal) => {
      const { index, code, errmsg } = refusal;
      return [index, new mongo.MongoServerError({ code, message: errmsg })];
    }),
  );
}
