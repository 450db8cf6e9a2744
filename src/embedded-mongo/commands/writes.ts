import type { Document } from 'bson';
import { checkNamespace } from '../catalogue';
import type { Collection } from '../collection';
import type { Database } from '../database';
import { decode, element, elements, encode, join, overwritten } from '../documents';
import { checkStored, storable } from '../storable';
import { CommandError, commandError } from '../errors';
import { compileFilter } from '../filters';
import { checkOptions, documentList, namespaceOf, subDocument } from '../options';
import { projector } from '../projection';
import { planQuery, type Plan } from '../query-planner';
import { checkThere, fieldsOf, Found, search, type Question } from '../reader';
import { StorageError } from '../storage';
import { checkSameId, compileUpdate, isReplacement, replacement, upserted, type Update } from '../updates';
import type { Request } from '../wire-protocol';

export const MAX_BATCH = 100_000;

/** A step of a command may end here; the next one may find other data. */
type Steps<T> = Generator<void, T>;

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
    const change = changeOf(statement, 'q', 'u', statement.multi === true);
    const { matched, modified, upsertedId } = yield* applyChange(db, namespace, change);
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
      questionOf(statement, 'q'),
      Number(statement.limit) === 0,
      (collection, found) => collection.remove(found.number, found.document),
    );
    return { n: removed };
  });
}

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
  const question = questionOf(body, 'query');
  const result = await db.write(() => {
    if (!remove) return finish(applyChange(db, namespace, changeOf(body, 'query', 'update', false)));
    const removed: Found[] = [];
    const take = (collection: Collection, found: Found): void => {
      removed.push(found);
      collection.remove(found.number, found.document);
    };
    return {
      matched: finish(each(db, namespace, question, false, take)),
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

/** Runs one statement after another, and gathers their counts and errors as `ordered` demands. */
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
  let n = 0;
  function* all(): Steps<void> {
    for (let index = 0; index < batch.length; index++) {
      try {
        n += (yield* run(batch[index], index)).n;
      } catch (error) {
        // What the disk refused is half done. All else has failed before anything was put, so the other statements stand.
        if (error instanceof StorageError) throw error;
        const { code, message, details } = commandError(error, db.unforeseen);
        writeErrors.push({ index, code, errmsg: message, ...details });
        if (body.ordered !== false) return;
      }
    }
  }
  await db.writeSteps(all());
  return { n, ...(writeErrors.length > 0 ? { writeErrors } : {}), ok: 1 };
}

interface Change {
  question: Question;
  update: Update;
  multi: boolean;
  upsert: boolean;
  replaces: boolean;
}

interface Changed {
  matched: number;
  modified: number[];
  before?: { raw: Buffer; document: Document };
  after?: { raw: Buffer; document: Document };
  upsertedId: unknown;
}

function questionOf(statement: Document, query: string): Question {
  const filter = subDocument(statement, query);
  return {
    filter,
    matches: compileFilter(filter),
    sort: subDocument(statement, 'sort'),
    hint: statement.hint,
  };
}

function changeOf(statement: Document, query: string, change: string, multi: boolean): Change {
  const question = questionOf(statement, query);
  const replaces = isReplacement(statement[change]);
  if (replaces && multi)
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  const update = replaces
    ? replacement(statement[change] as Document)
    : compileUpdate(statement[change], question.filter, documentList(statement, 'arrayFilters'));
  return { question, update, multi, upsert: statement.upsert === true, replaces };
}

/** The fields that a change reads, and those of the indexes: mostly there is no need to decode the others. */
function wantedBy(
  { filter }: Question,
  update: Update,
  collection: Collection | undefined,
): ReadonlySet<string> | undefined {
  const filtered = fieldsOf(filter);
  if (!filtered || !update.fields) return undefined;
  const indexed = (collection?.indexes ?? []).flatMap(({ fields }) => fields.map(({ parts: [top] }) => top));
  return new Set(['_id', ...filtered, ...update.fields, ...indexed]);
}

/** What a change makes of a document. Where doubles alone are changed, the fields that are not wanted are left out. */
function changed(
  collection: Collection,
  found: Found,
  { question: { wanted }, update }: Change,
): { before: Document; after: Document; raw: Buffer } {
  const make = (before: Document): { before: Document; after: Document } => {
    const after = update(before, false);
    checkSameId(before._id, after._id);
    return { before, after };
  };
  // There may be an index now that was not there when the fields were chosen.
  if (wanted && collection.indexes.every((index) => index.isMadeOf(wanted))) {
    const versions = make(found.part.document);
    const raw = overwritten(found.raw, found.part, versions.after);
    if (raw) return { ...versions, raw };
  }
  const versions = make(found.document);
  const raw = encode(versions.after);
  checkStored(versions.after, raw.length);
  return { ...versions, raw };
}

function* applyChange(db: Database, namespace: string, change: Change): Steps<Changed> {
  const { question, update, multi } = change;
  question.wanted = wantedBy(question, update, db.catalogue.get(namespace));
  const result: Changed = { matched: 0, modified: [], upsertedId: undefined };
  result.matched = yield* each(db, namespace, question, multi, (collection, found) => {
    const { before, after, raw } = changed(collection, found, change);
    Object.assign(result, { before: found, after: new Found(found.number, raw) });
    if (raw.equals(found.raw)) return;
    collection.replace(found.number, before, raw, after);
    result.modified.push(found.number);
  });
  if (result.matched > 0 || !change.upsert) return result;
  const document = upserted(question.filter, update, change.replaces);
  const raw = encode(document);
  checkStored(document, raw.length);
  const collection = db.catalogue.ensure(namespace);
  db.catalogue.change(collection, () => collection.insert(raw, document));
  return { ...result, after: { raw, document }, upsertedId: document._id as unknown };
}

/** Whether no update moves a document within what is walked over: natural order, and that of `_id`. */
const staysInPlace = ({ index }: Plan): boolean => index === undefined || index.spec.name === '_id_';

/**
 * Does `work` with the first or with every document that matches, as it is at that moment. Where work could make one be met
 * twice, all are found before the first is worked on.
 * @returns how many there were
 * @throws CommandError QueryPlanKilled where the collection or the index is dropped before all have been found
 */
function* each(
  db: Database,
  namespace: string,
  question: Question,
  all: boolean,
  work: (collection: Collection, found: Found) => void,
): Steps<number> {
  const collection = db.catalogue.get(namespace);
  if (!collection) return 0;
  const numbers: number[] = [];
  let done = 0;
  const workOn = (found: Found): void => {
    db.catalogue.change(collection, () => work(collection, found));
    done++;
  };
  // What is sorted was read a while ago.
  const readJustNow = Object.keys(question.sort ?? {}).length === 0;
  const plan = planQuery(collection, question.filter, question.sort, question.hint);
  const workAtOnce = readJustNow && (!all || staysInPlace(plan));
  for (const found of search(collection, question, undefined, plan)) {
    if (!found) yield;
    else if (!workAtOnce) numbers.push(found.number);
    else {
      workOn(found);
      if (!all) break;
      yield;
    }
  }
  for (const number of numbers) {
    checkThere(collection);
    const raw = collection.read(number);
    const found = raw && new Found(number, raw, question.wanted);
    if (found && question.matches(found.part.document)) {
      workOn(found);
      if (!all) break;
    }
    yield;
  }
  return done;
}
