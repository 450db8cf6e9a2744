import type { Document } from 'bson';
import { encode } from '../bson/documents';
import { rewritten } from '../bson/rewriting';
import { checkStored } from '../bson/storable';
import { documentList, subDocument } from '../bson/typed-fields';
import { CommandError } from '../errors';
import { compileFilter } from '../query/filters';
import { planQuery, type Plan } from '../query/planner';
import { checkThere, fieldsOf, LazyDocument, search, type Query } from '../query/reader';
import type { Collection } from '../storage/collection';
import type { Index } from '../storage/index-keys';
import {
  checkSameId,
  compileUpdate,
  isReplacement,
  replacement,
  upserted,
  type Update,
} from '../update/updates';
import type { Database } from './database';

/** A step of a command may end here; the next one may find other data. */
export type Steps<T> = Generator<void, T>;

/** A statement of `update`, and what `findAndModify` updates. */
export interface UpdateStatement {
  query: Query;
  update: Update;
  multi: boolean;
  upsert: boolean;
  replaces: boolean;
}

/** What an update statement has done. */
export interface UpdateResult {
  matched: number;
  modified: number[];
  before?: { raw: Buffer; document: Document };
  after?: { raw: Buffer; document: Document };
  upsertedId: unknown;
}

export function queryOf(statement: Document, field: string): Query {
  const filter = subDocument(statement, field);
  return {
    filter,
    matches: compileFilter(filter),
    sort: subDocument(statement, 'sort'),
    hint: statement.hint,
  };
}

export function updateStatementOf(
  statement: Document,
  queryField: string,
  updateField: string,
  multi: boolean,
): UpdateStatement {
  const query = queryOf(statement, queryField);
  const replaces = isReplacement(statement[updateField]);
  if (replaces && multi)
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  const update = replaces
    ? replacement(statement[updateField] as Document)
    : compileUpdate(statement[updateField], query.filter, documentList(statement, 'arrayFilters'));
  return { query, update, multi, upsert: statement.upsert === true, replaces };
}

type Fields = ReadonlySet<string>;

/** The fields that an update reads, and those of the indexes that it may move: mostly there is no need to decode the others. */
function wantedBy({ filter }: Query, update: Update, collection: Collection | undefined): Fields | undefined {
  const wanted = fieldsOf(filter);
  if (!wanted || !update.fields) return undefined;
  wanted.add('_id');
  for (const name of update.fields) wanted.add(name);
  for (const index of collection?.indexes ?? [])
    if (index.isTouchedBy(update.fields)) for (const { parts } of index.fields) wanted.add(parts[0]);
  return wanted;
}

/** Whether these fields of a document before and after an update of some tell what becomes of its keys. */
const isEnough = (known: Fields, indexes: readonly Index[], changed: Fields): boolean =>
  indexes.every((index) => index.isMadeOf(known) || !index.isTouchedBy(changed));

/** What an update makes of a document. Of most, the fields that are not wanted are left out. */
function updated(
  collection: Collection,
  found: LazyDocument,
  { query: { wanted }, update }: UpdateStatement,
): { before: Document; after: Document; raw: Buffer } {
  const make = (before: Document): { before: Document; after: Document } => {
    const after = update(before, false);
    checkSameId(before._id, after._id);
    return { before, after };
  };
  // There may be an index now that was not there when the fields were chosen.
  if (wanted && update.fields && isEnough(wanted, collection.indexes, update.fields)) {
    const versions = make(found.part.document);
    const raw = rewritten(found.raw, found.part, versions.after);
    if (raw) {
      checkStored(versions.after, raw.length);
      return { ...versions, raw };
    }
  }
  const versions = make(found.document);
  const raw = encode(versions.after);
  checkStored(versions.after, raw.length);
  return { ...versions, raw };
}

/** Finds what an update is for, and updates it; inserts where it is an upsert and found nothing. */
export function* applyUpdate(
  db: Database,
  namespace: string,
  statement: UpdateStatement,
): Steps<UpdateResult> {
  const { query, update, multi } = statement;
  query.wanted = wantedBy(query, update, db.catalogue.get(namespace));
  const result: UpdateResult = { matched: 0, modified: [], upsertedId: undefined };
  result.matched = yield* each(db, namespace, query, multi, (collection, found) => {
    const { before, after, raw } = updated(collection, found, statement);
    Object.assign(result, { before: found, after: new LazyDocument(found.recordId, raw) });
    if (raw.equals(found.raw)) return;
    collection.replace(found.recordId, before, raw, after);
    result.modified.push(found.recordId);
  });
  if (result.matched > 0 || !statement.upsert) return result;
  const document = upserted(query.filter, update, statement.replaces);
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
export function* each(
  db: Database,
  namespace: string,
  query: Query,
  all: boolean,
  work: (collection: Collection, found: LazyDocument) => void,
): Steps<number> {
  const collection = db.catalogue.get(namespace);
  if (!collection) return 0;
  const recordIds: number[] = [];
  let done = 0;
  const workOn = (found: LazyDocument): void => {
    db.catalogue.change(collection, () => work(collection, found));
    done++;
  };
  // What is sorted was read a while ago.
  const readJustNow = Object.keys(query.sort ?? {}).length === 0;
  const plan = planQuery(collection, query.filter, query.sort, query.hint);
  const workAtOnce = readJustNow && (!all || staysInPlace(plan));
  for (const found of search(collection, query, undefined, plan)) {
    if (!found) yield;
    else if (!workAtOnce) recordIds.push(found.recordId);
    else {
      workOn(found);
      if (!all) break;
      yield;
    }
  }
  for (const recordId of recordIds) {
    checkThere(collection);
    const raw = collection.read(recordId);
    const found = raw && new LazyDocument(recordId, raw, query.wanted);
    if (found && query.matches(found.part.document)) {
      workOn(found);
      if (!all) break;
    }
    yield;
  }
  return done;
}
