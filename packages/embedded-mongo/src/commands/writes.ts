import type { Document } from 'bson';
import { decode } from '../bson/documents';
import { storable } from '../bson/storable';
import { CommandError, StorageError, commandError } from '../errors';
import { checkNamespace } from '../storage/catalogue';
import type { Request } from '../wire/wire-protocol';
import { applyUpdate, each, queryOf, updateStatementOf, type Steps } from './changes';
import type { Database } from './database';
import { checkOptions, deadlineOf, namespaceOf } from './options';

export const MAX_BATCH = 100_000;

/** `insert`. */
export async function insert(db: Database, { body, batch, database }: Request): Promise<Document> {
  checkOptions('insert', body, ['insert', 'ordered']);
  const namespace = namespaceOf(body, database);
  checkNamespace(namespace);
  return writeBatch(db, body, batch, function* (raw) {
    const { bytes, document } = storable(raw);
    const collection = db.catalogue.ensure(namespace);
    db.catalogue.change(collection, () => collection.insert(bytes, document));
    yield;
    return { n: 1 };
  });
}

/** `update`. */
export async function update(db: Database, { body, batch, database }: Request): Promise<Document> {
  checkOptions('update', body, ['update', 'ordered']);
  const namespace = namespaceOf(body, database);
  const upsertedIds: Document[] = [];
  let nModified = 0;
  const answer = await writeBatch(db, body, batch, function* (raw, index) {
    const statement = decode(raw);
    checkOptions('update.updates', statement, 'q u multi upsert arrayFilters hint sort'.split(' '));
    const updateStatement = updateStatementOf(statement, 'q', 'u', statement.multi === true);
    const { matched, modified, upsertedId } = yield* applyUpdate(db, namespace, updateStatement);
    nModified += modified.length;
    if (upsertedId === undefined) return { n: matched };
    upsertedIds.push({ index, _id: upsertedId });
    return { n: 1 };
  });
  return { ...answer, nModified, ...(upsertedIds.length > 0 ? { upserted: upsertedIds } : {}) };
}

/** `delete`. */
export async function deleteDocuments(db: Database, { body, batch, database }: Request): Promise<Document> {
  checkOptions('delete', body, ['delete', 'ordered']);
  const namespace = namespaceOf(body, database);
  return writeBatch(db, body, batch, function* (raw) {
    const statement = decode(raw);
    checkOptions('delete.deletes', statement, ['q', 'limit', 'hint']);
    if (statement.limit === undefined || Number(statement.limit) > 1)
      throw new CommandError('FailedToParse', 'The limit field in delete objects must be 0 or 1');
    const removed = yield* each(
      db,
      namespace,
      queryOf(statement, 'q'),
      Number(statement.limit) === 0,
      (collection, found) => collection.remove(found.recordId, found.document),
    );
    return { n: removed };
  });
}

/**
 * Runs one statement after another, and gathers their counts and errors as `ordered` demands. Those that `maxTimeMS` leaves no time
 * for are not run, and each has its error.
 */
async function writeBatch(
  db: Database,
  body: Document,
  batch: Uint8Array[],
  run: (raw: Uint8Array, index: number) => Steps<{ n: number }>,
): Promise<Document> {
  if (batch.length === 0 || batch.length > MAX_BATCH)
    throw new CommandError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${batch.length} operations.`,
    );
  const writeErrors: Document[] = [];
  const deadline = deadlineOf(body);
  let n = 0;
  function* all(): Steps<void> {
    for (const [index, raw] of batch.entries()) {
      try {
        if (performance.now() > deadline)
          throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
        n += (yield* run(raw, index)).n;
      } catch (error) {
        // What the disk refused is half done. All else has failed before anything was put, so the other statements stand.
        if (error instanceof StorageError) throw error;
        const { code, message, details } = commandError(error, db.onUnexpectedError);
        writeErrors.push({ index, code, errmsg: message, ...details });
        if (body.ordered !== false) return;
      }
    }
  }
  await db.writeSteps(all());
  return { n, ...(writeErrors.length > 0 ? { writeErrors } : {}), ok: 1 };
}
