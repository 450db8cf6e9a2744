import type { Document } from 'bson';
import type { Collection, StoredDocument } from '../storage/collection';
import { decode, decodePart } from '../bson/documents';
import { CommandError } from '../errors';
import { LOGICAL, operatorsOf } from './filters';
import type { Index, Predicate } from '../storage/index-keys';
import { compare, sortValues } from '../bson/order';
import type { Part } from '../bson/plain-documents';
import { pathOf, topOf } from '../bson/values';
import { planQuery, type Plan } from './planner';

/** MongoDB refuses to sort more than this in memory: 100 MiB. */
const MAX_SORT_BYTES = 100 * 1024 * 1024;

/** A document that is decoded lazily: when it is first needed, and once. */
export class LazyDocument implements StoredDocument {
  private decoded?: Document;
  private decodedPart?: Part;

  /** @param wanted the fields of its `part`; without them that is all of it */
  constructor(
    readonly recordId: number,
    readonly raw: Buffer,
    private readonly wanted?: ReadonlySet<string>,
  ) {}

  get document(): Document {
    return (this.decoded ??= decode(this.raw));
  }

  get part(): Part {
    this.decodedPart ??= this.wanted ? decodePart(this.raw, this.wanted) : { document: this.document };
    return this.decodedPart;
  }
}

/** A query of `find`, and of `count`, `distinct` and the updates as well. */
export interface Query {
  filter: Document;
  /** The filter, compiled. */
  matches: Predicate;
  sort?: Document;
  skip?: number;
  /** 0 or absent: all. */
  limit?: number;
  /** The fields that are worth decoding at first, those that the filter looks at among them; absent: all. */
  wanted?: ReadonlySet<string>;
  hint?: unknown;
}

/** Encoded results, one at a time; `undefined` where a document was examined in vain. */
export type Results = Iterator<Buffer | undefined, unknown>;

/** What a query has examined, as `explain` tells it. */
export interface ExecutionStats {
  keysExamined: number;
  docsExamined: number;
}

/**
 * The documents that a query finds, in order. Each is read when it is asked for, as it then is.
 * @param plan how to find them, where the caller has to know
 * @throws CommandError for filters, hints and sorts that are not served, and where the collection or the index has been dropped
 */
export function* search(
  collection: Collection,
  query: Query,
  stats: ExecutionStats = { keysExamined: 0, docsExamined: 0 },
  plan = planQuery(collection, query.filter, query.sort, query.hint),
): Generator<LazyDocument | undefined, void> {
  const { sort = {}, skip = 0, limit = 0 } = query;
  const found = matching(collection, plan, query, stats);
  const ordered = plan.sorted ? found : yield* sortedBy(found, sort, limit > 0 ? skip + limit : Infinity);
  let at = 0;
  for (const item of ordered) {
    if (item && at++ < skip) continue;
    yield item;
    if (item && limit > 0 && at >= skip + limit) return;
  }
}

function testOf({ filter, matches }: Query, plan: Plan): (found: LazyDocument) => boolean {
  const names = Object.keys(filter);
  if (names.length === 0) return () => true;
  if (hasExactBounds(plan, filter)) return () => true;
  return ({ part }) => matches(part.document);
}

/** The top-level fields that a compiled filter looks at; undefined where that is not seen at a glance. */
export function fieldsOf(filter: Document, fields = new Set<string>()): Set<string> | undefined {
  for (const [name, operand] of Object.entries(filter)) {
    if (!name.startsWith('$')) fields.add(topOf(name));
    else if (!LOGICAL.includes(name)) return undefined;
    else if (!(operand as Document[]).every((part) => fieldsOf(part, fields))) return undefined;
  }
  return fields;
}

/**
 * Whether the plan's interval holds what the filter asks for, and nothing else: it asks for strings of one field from one on, as
 * who reads a collection a slice at a time does.
 */
export function hasExactBounds({ index, intervals }: Plan, filter: Document): boolean {
  const [field, ...more] = index?.fields ?? [];
  if (!index || !field || more.length > 0 || intervals.length !== 1) return false;
  if (index.truncated || index.multikey || field.descending || index.spec.partialFilterExpression)
    return false;
  const [[path, operand] = [''], ...others] = Object.entries(filter);
  if (path !== field.path || others.length > 0) return false;
  const [[operator, from] = ['', undefined], ...bounds] = operatorsOf(operand);
  return bounds.length === 0 && (operator === '$gt' || operator === '$gte') && typeof from === 'string';
}

/** Gives `undefined` for each document that was examined in vain, so that the caller can pause. */
function* matching(
  collection: Collection,
  plan: Plan,
  query: Query,
  stats: ExecutionStats,
): Generator<LazyDocument | undefined, void> {
  const { wanted } = query;
  const matches = testOf(query, plan);
  for (const { recordId, raw } of candidates(collection, plan, stats)) {
    stats.docsExamined++;
    const found = new LazyDocument(recordId, raw, wanted);
    yield matches(found) ? found : undefined;
  }
}

/** @throws CommandError QueryPlanKilled where there may be more, and it cannot be found any longer */
export function checkThere(collection: Collection, index?: Index): void {
  if (collection.dropped)
    throw new CommandError('QueryPlanKilled', 'query plan killed :: collection dropped');
  if (index && !collection.indexes.includes(index))
    throw new CommandError('QueryPlanKilled', `query plan killed :: index '${index.spec.name}' dropped`);
}

function* candidates(
  collection: Collection,
  plan: Plan,
  stats: ExecutionStats,
): Generator<StoredDocument, void> {
  if (!plan.index) {
    for (const stored of collection.all(plan.reverse)) {
      yield stored;
      checkThere(collection);
    }
    return;
  }
  const seen = plan.index.multikey || plan.intervals.length > 1 ? new Set<number>() : undefined;
  for (const interval of plan.intervals) {
    for (const recordId of collection.entries(plan.index, interval, plan.reverse)) {
      stats.keysExamined++;
      if (seen?.has(recordId)) continue;
      seen?.add(recordId);
      const raw = collection.read(recordId);
      if (!raw) continue;
      yield { recordId, raw };
      checkThere(collection, plan.index);
    }
  }
}

/** Takes all in first; yields `undefined` meanwhile. */
function* sortedBy(
  found: Iterable<LazyDocument | undefined>,
  sort: Document,
  wanted: number,
): Generator<undefined, LazyDocument[]> {
  const order = sortOrder(sort);
  const items: { keys: unknown[]; item: LazyDocument }[] = [];
  let bytes = 0;
  for (const item of found) {
    yield undefined;
    if (!item) continue;
    items.push({ keys: order.keysOf(item.document), item });
    bytes += item.raw.length;
    if (bytes > MAX_SORT_BYTES)
      throw new CommandError('ExceededMemoryLimit', `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes`);
  }
  items.sort((a, b) => order.compare(a.keys, b.keys));
  return items.slice(0, wanted).map(({ item }) => item);
}

/** Documents in the order that a sort specification asks for. @throws CommandError as {@link sortOrder} */
export function inOrder(documents: readonly Document[], sort: Document): Document[] {
  const order = sortOrder(sort);
  const keyed = documents.map((document) => ({ document, keys: order.keysOf(document) }));
  return keyed.sort((a, b) => order.compare(a.keys, b.keys)).map(({ document }) => document);
}

/**
 * The order that a sort specification asks for. An array counts as its smallest element, or its largest when descending.
 * @throws CommandError BadValue where a direction is not 1 or -1, or several fields of a document have several values
 */
export function sortOrder(sort: Document): {
  keysOf(document: Document): unknown[];
  compare(a: unknown[], b: unknown[]): number;
} {
  const fields = Object.entries(sort).map(([path, direction]) => {
    const sign = Number(direction);
    if (sign !== 1 && sign !== -1)
      throw new CommandError(
        'BadValue',
        '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
      );
    return { parts: pathOf(path), sign };
  });
  return {
    keysOf: (document) => {
      let several = 0;
      return fields.map(({ parts, sign }) => {
        const values = sortValues(document, parts);
        // The smallest of each column may be from different elements of an array, which together no index would hold.
        if (values.length > 1 && ++several > 1)
          throw new CommandError(
            'BadValue',
            'cannot sort by several fields with more than one value in a document',
          );
        return values.reduce((best, value) => (compare(value, best) * sign < 0 ? value : best));
      });
    },
    compare: (a, b) => {
      for (const [at, { sign }] of fields.entries()) {
        const order = compare(a[at], b[at]) * sign;
        if (order !== 0) return order;
      }
      return 0;
    },
  };
}
