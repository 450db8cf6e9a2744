import { element, elements, join } from '../bson/documents';
import { subDocument } from '../bson/typed-fields';
import { CommandError } from '../errors';
import { projector } from '../query/projection';
import type { LazyDocument } from '../query/reader';
import type { Collection } from '../storage/collection';
import type { Request } from '../wire/wire-protocol';
import { applyUpdate, each, queryOf, updateStatementOf, type Steps } from './changes';
import type { Database } from './database';
import { checkOptions, namespaceOf } from './options';

/** `findAndModify`: one document, found and changed in one transaction. */
export async function findAndModify(db: Database, { body, database }: Request): Promise<Buffer> {
  checkOptions(
    'findAndModify',
    body,
    'findAndModify findandmodify query sort remove update new fields upsert arrayFilters hint'.split(' '),
  );
  const namespace = namespaceOf(body, database);
  const project = projector(subDocument(body, 'fields'));
  const remove = body.remove === true;
  if (remove === (body.update !== undefined))
    throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  const query = queryOf(body, 'query');
  const result = await db.write(() => {
    if (!remove) return finish(applyUpdate(db, namespace, updateStatementOf(body, 'query', 'update', false)));
    const removed: LazyDocument[] = [];
    const take = (collection: Collection, found: LazyDocument): void => {
      removed.push(found);
      collection.remove(found.recordId, found.document);
    };
    return {
      matched: finish(each(db, namespace, query, false, take)),
      modified: [],
      before: removed[0],
      after: undefined,
      upsertedId: undefined,
    };
  });
  const value = body.new === true ? result.after : result.before;
  const updatedExisting = result.matched > 0;
  const n = updatedExisting || result.upsertedId !== undefined ? 1 : 0;
  const lastErrorObject = remove
    ? { n }
    : { n, updatedExisting, ...(result.upsertedId === undefined ? {} : { upserted: result.upsertedId }) };
  return join([
    elements({ lastErrorObject }),
    value ? element(3, 'value', project(value)) : elements({ value: null }),
    elements({ ok: 1 }),
  ]);
}

function finish<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
