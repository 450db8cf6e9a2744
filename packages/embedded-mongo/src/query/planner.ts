import { BSONRegExp, type Document } from 'bson';
import type { Collection } from '../storage/collection';
import { CommandError } from '../errors';
import { conditionsOf, type Condition } from './filters';
import { KEY_BYTES, type Index, type Interval } from '../storage/index-keys';
import { equal, keyOf, typeOrder } from '../bson/order';

/** Where to look for the documents that may match a filter. The filter must still be tested on each. */
export interface Plan {
  /** Without an index: all documents in natural order. */
  index?: Index;
  intervals: Interval[];
  reverse: boolean;
  /** Whether the documents come in the order that was asked for. */
  sorted: boolean;
}

/** More look-ups than this are not worth more than one pass over the index. */
const MAX_INTERVALS = 100_000;

/** Finds at most one document for each look-up, however many have the same value in any other field. */
const UNIQUE_SCORE = 1_000;

/**
 * Chooses a unique index whose fields are all bound by equality; else the index with the most fields bound by equality, then
 * by a range, then the one that gives the order.
 * @param hint the name or the key of the index to use, or `{$natural: ±1}`
 * @throws CommandError BadValue where the hint names no index
 */
export function planQuery(
  collection: Collection,
  filter: Document,
  sort: Document = {},
  hint?: unknown,
): Plan {
  const { $natural: natural } = ('$natural' in sort ? sort : (hint ?? {})) as { $natural?: unknown };
  const collectionScan: Plan = {
    intervals: [],
    reverse: Number(natural ?? 1) < 0,
    sorted: Object.keys(sort).length === 0 || '$natural' in sort,
  };
  if (natural !== undefined) return collectionScan;
  const conditions = conditionsOf(filter);
  const candidates =
    hint === undefined ? collection.indexes.filter((index) => index.ready) : [hinted(collection, hint)];
  let best: ReturnType<typeof planIndex>;
  for (const index of candidates) {
    const plan = planIndex(index, conditions, sort, hint !== undefined);
    if (plan && plan.score > (best?.score ?? Number.NEGATIVE_INFINITY)) best = plan;
    // One look-up: no other index is better.
    if (best && best.score >= UNIQUE_SCORE && best.intervals.length <= 1) break;
  }
  return best ?? collectionScan;
}

function hinted(collection: Collection, hint: unknown): Index {
  const found = collection.indexes.find(
    ({ spec, ready }) => ready && (spec.name === hint || equal(spec.key, hint)),
  );
  if (!found) throw new CommandError('BadValue', 'hint provided does not correspond to an existing index');
  return found;
}

function planIndex(
  index: Index,
  conditions: Condition[],
  sort: Document,
  forced: boolean,
): (Plan & { score: number }) | undefined {
  if (!forced && !holdsAllMatches(index, conditions)) return undefined;
  const { prefixes, bound } = equalities(index, conditions);
  const range = rangeOf(index, bound, conditions);
  const order =
    prefixes.length === 1 && !index.truncated && !index.multikey ? orderOf(index, bound, sort) : undefined;
  const found = index.unique && bound === index.fields.length ? UNIQUE_SCORE : 0;
  const score = found + bound * 4 + (range ? 2 : 0) + (order === undefined ? 0 : 1);
  const complete = !index.spec.sparse || bound > 0 || range !== undefined;
  if (!forced && (score === 0 || !complete)) return undefined;
  const intervals = prefixes.map((prefix) => intervalOf(index, prefix, bound, range));
  const sorted = order !== undefined || Object.keys(sort).length === 0;
  return { index, intervals, reverse: order === -1, sorted, score };
}

/** A partial index serves a query alone that demands, word for word, what the index demands. */
function holdsAllMatches(index: Index, conditions: Condition[]): boolean {
  const wanted = index.spec.partialFilterExpression;
  if (!wanted) return true;
  if (Object.keys(wanted).some((name) => name.startsWith('$'))) return false;
  return conditionsOf(wanted).every(({ path, operator, operand }) =>
    conditions.some((own) => own.path === path && own.operator === operator && equal(own.operand, operand)),
  );
}

/** The beginnings of the keys that meet the equalities on the index's first fields, and how many fields those are. */
function equalities(index: Index, conditions: Condition[]): { prefixes: Buffer[]; bound: number } {
  let combinations: unknown[][] = [[]];
  let bound = 0;
  for (const { path } of index.fields) {
    const values = valuesOf(index, path, conditions);
    if (!values || values.length * combinations.length > MAX_INTERVALS) break;
    combinations = combinations.flatMap((before) => values.map((value) => [...before, value]));
    bound++;
  }
  return { prefixes: combinations.map((values) => index.prefix(values)), bound };
}

function valuesOf(index: Index, path: string, conditions: Condition[]): unknown[] | undefined {
  for (const condition of conditions) {
    if (condition.path !== path || (condition.operator !== '$eq' && condition.operator !== '$in')) continue;
    const values = condition.operator === '$eq' ? [condition.operand] : (condition.operand as unknown[]);
    // An array is found under its elements, a regular expression anywhere, and a sparse index lacks what is missing.
    const found = (value: unknown): boolean =>
      !Array.isArray(value) &&
      !(value instanceof BSONRegExp) &&
      !(index.spec.sparse && typeOrder(value) === 5);
    if (Array.isArray(values) && values.every(found)) return distinct(values);
  }
  return undefined;
}

function distinct(values: unknown[]): unknown[] {
  return values.length < 2
    ? values
    : [...new Map(values.map((value) => [keyOf(value).toString('latin1'), value])).values()];
}

/** What the conditions on the field after the equalities allow, as parts of keys. */
function rangeOf(index: Index, at: number, conditions: Condition[]): Interval | undefined {
  const field = index.fields[at];
  if (!field) return undefined;
  const { path, descending } = field;
  let range: { from: Buffer; to: Buffer } | undefined;
  for (const condition of conditions) {
    const type = typeOrder(condition.operand);
    const unordered = type === 5 || type === 1 || type === 127 || type === 25;
    if (condition.path !== path || unordered || !/^\$[gl]te?$/.test(condition.operator)) continue;
    const key = keyOf(condition.operand);
    const own = condition.operator.startsWith('$g')
      ? { from: condition.operator === '$gt' && !descending ? after(key) : key, to: Buffer.of(type + 1) }
      : { from: Buffer.of(type), to: after(key) };
    if (!range) range = own;
    else if (!index.multikey)
      range = {
        from: Buffer.compare(range.from, own.from) > 0 ? range.from : own.from,
        to: Buffer.compare(range.to, own.to) < 0 ? range.to : own.to,
      };
  }
  if (!range || !descending) return range;
  return { from: index.part(at, range.to), to: after(index.part(at, range.from)) };
}

function intervalOf(index: Index, prefix: Buffer, bound: number, range: Interval | undefined): Interval {
  if (!range && bound === index.fields.length) {
    const key = index.stored(prefix);
    return { from: key, to: after(key), point: true };
  }
  const from = Buffer.concat([prefix, range?.from ?? Buffer.alloc(0)]).subarray(0, KEY_BYTES);
  if (range?.to) {
    const to = Buffer.concat([prefix, range.to]);
    return { from, to: to.length > KEY_BYTES ? after(to.subarray(0, KEY_BYTES)) : to };
  }
  return { from, to: prefix.length > 0 ? after(prefix.subarray(0, KEY_BYTES)) : undefined };
}

/** The first key after all that begin with these bytes; a key of ours never begins with the byte 255 alone. */
function after(key: Buffer): Buffer {
  const end = Buffer.from(key);
  let at = end.length - 1;
  while (at > 0 && end[at] === 255) at--;
  end[at] = (end[at] as number) + 1;
  return end.subarray(0, at + 1);
}

/** 1 or -1 where the index, read forward or backward, gives the wanted order once its first `bound` fields are fixed. */
function orderOf(index: Index, bound: number, sort: Document): 1 | -1 | undefined {
  const fixed = new Set(index.fields.slice(0, bound).map(({ path }) => path));
  const wanted = Object.entries(sort).filter(([path]) => !fixed.has(path));
  if (wanted.length === 0) return Object.keys(sort).length > 0 ? 1 : undefined;
  const directions = wanted.map(([path, direction], at) => {
    const field = index.fields[bound + at];
    return field?.path === path ? (Number(direction) < 0 ? -1 : 1) * (field.descending ? -1 : 1) : 0;
  });
  const [first] = directions;
  return first !== 0 && directions.every((direction) => direction === first) ? (first as 1 | -1) : undefined;
}
