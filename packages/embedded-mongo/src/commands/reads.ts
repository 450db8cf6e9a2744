import type { Document } from 'bson';
import type { Collection } from '../storage/collection';
import { exhaust, paced } from './cursors';
import type { Database } from './database';
import { element, elements, encode, join, MAX_DOCUMENT_BYTES } from '../bson/documents';
import { CommandError } from '../errors';
import { compileFilter } from '../query/filters';
import { checkOptions, deadlineOf, namespaceOf } from './options';
import { documentList, subDocument, wholeNumber } from '../bson/typed-fields';
import { equal, keyOf, resolvePath } from '../bson/order';
import { pathOf } from '../bson/values';
import { planPipeline, runStages } from '../query/pipeline';
import { projector, type Projector } from '../query/projection';
import { planQuery } from '../query/planner';
import {
  fieldsOf,
  hasExactBounds,
  search,
  type ExecutionStats,
  type Query,
  type Results,
} from '../query/reader';
import type { Request } from '../wire/wire-protocol';

const FIND = 'find filter sort projection skip limit batchSize singleBatch hint'.split(' ');

/** `find` (manual, "find"). */
export async function find({ catalogue, cursors }: Database, { body, database }: Request): Promise<Buffer> {
  checkOptions('find', body, FIND);
  const namespace = namespaceOf(body, database);
  const query = queryOf(body, 'filter');
  const project = projector(subDocument(body, 'projection'));
  if (project.rawOnly) query.wanted = fieldsOf(query.filter);
  const size = wholeNumber(body, 'batchSize', 101);
  const results = rawResults(catalogue.get(namespace), query, project);
  return cursors.open(namespace, results, size, body.singleBatch === true, deadlineOf(body));
}

function queryOf(body: Document, field: 'filter' | 'query'): Query {
  const filter = subDocument(body, field);
  return {
    filter,
    matches: compileFilter(filter),
    sort: subDocument(body, 'sort'),
    skip: wholeNumber(body, 'skip', 0),
    limit: Math.abs(Number(body.limit ?? 0)),
    hint:
      typeof body.hint === 'string'
        ? body.hint
        : Object.keys(subDocument(body, 'hint')).length > 0
          ? body.hint
          : undefined,
  };
}

function* rawResults(
  collection: Collection | undefined,
  query: Query,
  project: Projector,
): Generator<Buffer | undefined, void> {
  if (!collection) return;
  for (const found of search(collection, query)) yield found && project(found);
}

/** `getMore`. */
export async function getMore({ cursors }: Database, { body, database }: Request): Promise<Buffer> {
  checkOptions('getMore', body, ['getMore', 'collection', 'batchSize']);
  const size = wholeNumber(body, 'batchSize', 0) || Infinity;
  return cursors.next(
    BigInt(String(body.getMore)),
    namespaceOf(body, database, 'collection'),
    size,
    deadlineOf(body),
  );
}

/** `killCursors`. */
export function killCursors({ cursors }: Database, { body }: Request): Document {
  checkOptions('killCursors', body, ['killCursors', 'cursors']);
  const ids = (Array.isArray(body.cursors) ? body.cursors : []).map((id) => BigInt(String(id)));
  const killed = ids.filter((id) => cursors.kill(id));
  const notFound = ids.filter((id) => !killed.includes(id));
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
}

/** `count`: with a filter it counts what `find` would give. */
export async function count({ catalogue }: Database, { body, database }: Request): Promise<Document> {
  checkOptions('count', body, 'count query limit skip hint fields'.split(' '));
  const collection = catalogue.get(namespaceOf(body, database));
  return {
    n: collection ? await countMatching(collection, queryOf(body, 'query'), deadlineOf(body)) : 0,
    ok: 1,
  };
}

async function countMatching(collection: Collection, query: Query, deadline: number): Promise<number> {
  const { filter, sort, hint, skip = 0, limit = 0 } = query;
  const part = (all: number): number => Math.min(Math.max(0, all - skip), limit > 0 ? limit : Infinity);
  if (Object.keys(filter).length === 0) return part(collection.count());
  const plan = planQuery(collection, filter, sort, hint);
  const [interval] = plan.intervals;
  // No document need be read where the keys say it all.
  if (plan.index && interval && hasExactBounds(plan, filter))
    return part(collection.countEntries(plan.index, interval));
  let n = 0;
  function* counting(): Generator<undefined, void> {
    for (const found of search(collection, query, undefined, plan)) {
      if (found) n++;
      yield undefined;
    }
  }
  await exhaust(counting(), deadline);
  return n;
}

/** `distinct`: values in arrays count one by one. @throws CommandError where they are more than one answer can hold */
export async function distinct({ catalogue }: Database, { body, database }: Request): Promise<Buffer> {
  checkOptions('distinct', body, ['distinct', 'key', 'query', 'hint']);
  if (typeof body.key !== 'string')
    throw new CommandError('TypeMismatch', `BSON field 'distinct.key' must be a string`);
  const path = pathOf(body.key);
  const seen = new Set<string>();
  const values: Buffer[] = [];
  let bytes = 0;
  const collection = catalogue.get(namespaceOf(body, database));
  const query = queryOf(body, 'query');
  const collect: Projector = ({ raw, document }) => {
    for (const value of resolvePath(document, path).flatMap((found) =>
      Array.isArray(found) ? (found as unknown[]) : [found],
    )) {
      const key = keyOf(value).toString('latin1');
      if (value === undefined || seen.has(key)) continue;
      const encoded = elements({ [values.length]: value });
      bytes += encoded.length;
      if (bytes > MAX_DOCUMENT_BYTES) throw new CommandError('Location17217', 'distinct too big, 16mb cap');
      seen.add(key);
      values.push(encoded);
    }
    return raw;
  };
  await exhaust(rawResults(collection, query, collect), deadlineOf(body));
  return join([element(4, 'values', join(values)), elements({ ok: 1 })]);
}

/** `aggregate`: what begins the pipeline like a `find` runs like one; the rest is computed in memory. */
export async function aggregate(
  { catalogue, cursors }: Database,
  { body, database }: Request,
): Promise<Buffer> {
  checkOptions('aggregate', body, ['aggregate', 'pipeline', 'cursor', 'hint']);
  const options = subDocument(body, 'cursor');
  if (body.cursor === undefined) throw new CommandError('FailedToParse', `The 'cursor' option is required`);
  const { query, stages } = planPipeline(documentList(body, 'pipeline'));
  const namespace = namespaceOf(body, database);
  const collection = catalogue.get(namespace);
  const deadline = deadlineOf(body);
  const size = wholeNumber(options, 'batchSize', 101);
  query.hint = body.hint as unknown;
  let results: Results = rawResults(collection, query, ({ raw }) => raw);
  if (stages.length > 0) {
    if (collection && countsOnly(stages)) {
      const n = await countMatching(collection, query, deadline);
      results = (n > 0 ? [encode({ _id: 1, n })] : [])[Symbol.iterator]();
    } else
      results = await runStages(paced(results, deadline), stages, (name) =>
        catalogue.get(`${database}.${name}`),
      );
  }
  return cursors.open(namespace, results, size, false, deadline);
}

/** The form in which drivers send `countDocuments`. */
function countsOnly(stages: Document[]): boolean {
  return stages.length === 1 && equal(stages[0], { $group: { _id: 1, n: { $sum: 1 } } });
}

/** `explain` of a `find`, always run: which index is used, and how much was examined. */
export function explain({ catalogue }: Database, { body, database }: Request): Document | Buffer {
  checkOptions('explain', body, ['explain', 'verbosity']);
  const command = subDocument(body, 'explain');
  if (typeof command.find !== 'string')
    throw new CommandError('NotImplemented', 'only find can be explained');
  checkOptions('find', command, FIND);
  const namespace = namespaceOf(command, database);
  const collection = catalogue.get(namespace);
  const query = queryOf(command, 'filter');
  const plan = collection && planQuery(collection, query.filter, query.sort, query.hint);
  const stats: ExecutionStats = { keysExamined: 0, docsExamined: 0 };
  let nReturned = 0;
  if (collection) for (const found of search(collection, query, stats)) nReturned += found ? 1 : 0;
  const scan = plan?.index ? { stage: 'IXSCAN', indexName: plan.index.spec.name } : { stage: 'COLLSCAN' };
  const winningPlan = plan?.sorted === false ? { stage: 'SORT', inputStage: scan } : scan;
  return join([
    element(3, 'queryPlanner', encode({ namespace, winningPlan, rejectedPlans: [] })),
    elements({
      executionStats: {
        nReturned,
        totalKeysExamined: stats.keysExamined,
        totalDocsExamined: stats.docsExamined,
      },
      ok: 1,
    }),
  ]);
}
