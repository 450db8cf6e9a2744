import {
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  type Document,
} from 'bson';
import { CommandError } from '../errors';
import { isTrue, withPlainNumbers } from './arithmetic';
import { evaluator } from './expressions';
import { compare, equal, resolvePath, typeOrder } from '../bson/order';
import { regularExpression } from './regular-expressions';
import type { Predicate } from '../storage/index-keys';
import { isDocument, isInt32, isPlainDouble, pathOf, type Path } from '../bson/values';

type Test = (value: unknown) => boolean;
/** Where a condition looks: at a path of a document, or at a value itself, and then not into an array that it is. */
type Place = Path | 'itself';

/** One condition on one path that a filter demands, as `$and` of others or alone; what the query planner works with. */
export interface Condition {
  path: string;
  operator: string;
  operand: unknown;
}

/** Operators whose operand is a list of filters. */
export const LOGICAL: readonly string[] = ['$and', '$or', '$nor'];

const bad = (message: string): CommandError => new CommandError('BadValue', message);

/**
 * Compiles a query filter (manual, "Query and Projection Operators").
 * @throws CommandError BadValue for operators and operands that are not served
 */
export function compileFilter(filter: Document): Predicate {
  const tests = Object.entries(filter).map(([name, operand]) => compileClause(name, operand));
  return (document) => tests.every((test) => test(document));
}

function compileClause(name: string, operand: unknown): Predicate {
  if (!name.startsWith('$')) return compileField(pathOf(name), operand);
  if (name === '$comment') return () => true;
  if (name === '$expr') {
    const evaluate = evaluator(operand);
    return (document) => isTrue(evaluate(document));
  }
  if (!LOGICAL.includes(name)) throw bad(`unknown top level operator: ${name}`);
  if (!Array.isArray(operand) || operand.length === 0) throw bad(`${name} must be a nonempty array`);
  const parts = operand.map((part) => compileFilter(document(part, name)));
  if (name === '$and') return (value) => parts.every((part) => part(value));
  const expected = name === '$or';
  return (value) => parts.some((part) => part(value)) === expected;
}

function document(value: unknown, of: string): Document {
  if (!isDocument(value)) throw bad(`${of} argument must be an object`);
  return value;
}

/** The operators of a condition on a field; a plain value is `$eq`, a regular expression `$regex`. */
export function operatorsOf(operand: unknown): [string, unknown][] {
  if (operand instanceof BSONRegExp) return [['$regex', operand]];
  if (!isDocument(operand) || !Object.keys(operand)[0]?.startsWith('$')) return [['$eq', operand]];
  return Object.entries(operand);
}

function compileField(place: Place, operand: unknown): Test {
  const tests = operatorsOf(operand).flatMap(([operator, value]) => {
    if (operator !== '$options') return compileOperator(place, operator, value, operand);
    if (!Object.hasOwn(operand as Document, '$regex')) throw bad('$options needs a $regex');
    return [];
  });
  return (value) => tests.every((test) => test(value));
}

function compileOperator(place: Place, operator: string, operand: unknown, whole: unknown): Test {
  const not =
    (test: Test): Test =>
    (value) =>
      !test(value);
  const resolve =
    place === 'itself' ? (value: unknown) => [value] : (value: unknown) => resolvePath(value, place);
  switch (operator) {
    case '$ne':
      return not(compileOperator(place, '$eq', operand, whole));
    case '$nin':
      return not(compileOperator(place, '$in', operand, whole));
    case '$not':
      if (!(operand instanceof BSONRegExp) && !isDocument(operand))
        throw bad('$not needs a regex or a document');
      return not(compileField(place, operand));
    case '$exists': {
      const expected = Boolean(withPlainNumbers(operand));
      return (value) => resolve(value).some((found) => found !== undefined) === expected;
    }
    case '$size': {
      const size = withPlainNumbers(operand);
      if (typeof size !== 'number' || !Number.isInteger(size) || size < 0)
        throw bad('$size must be a whole number');
      return (value) => resolve(value).some((found) => Array.isArray(found) && found.length === size);
    }
    case '$elemMatch': {
      const test = elementTest(operand);
      return (value) => resolve(value).some((found) => Array.isArray(found) && found.some(test));
    }
    case '$all': {
      if (!Array.isArray(operand)) throw bad('$all needs an array');
      const parts = operand.map((part) => {
        const [[name, inner] = ['$eq', part as unknown]] = operatorsOf(part);
        return name === '$elemMatch'
          ? compileOperator(place, name, inner, part)
          : compileOperator(place, name, part, part);
      });
      return (value) => parts.length > 0 && parts.every((part) => part(value));
    }
  }
  const test = valueTest(operator, operand, whole);
  const missing = test(undefined);
  if (place === 'itself') return test;
  return (value) =>
    resolvePath(value, place).some((found) =>
      found === undefined ? missing : test(found) || (Array.isArray(found) && found.some(test)),
    );
}

/**
 * The test of one array element that `$elemMatch` demands: a filter on sub-documents, an array being one whose fields are
 * numbered, or operators on the element itself.
 * @throws CommandError BadValue
 */
export function elementTest(operand: unknown): Test {
  const filter = document(operand, '$elemMatch');
  const first = Object.keys(filter)[0] ?? '';
  if (!first.startsWith('$') || first === '$expr' || LOGICAL.includes(first)) {
    const matches = compileFilter(filter);
    return (value) => (Array.isArray(value) ? matches({ ...value }) : isDocument(value) && matches(value));
  }
  return compileField('itself', filter);
}

function valueTest(operator: string, operand: unknown, whole: unknown): Test {
  switch (operator) {
    case '$eq':
      return (value) => equal(value, operand);
    case '$in': {
      if (!Array.isArray(operand)) throw bad('$in needs an array');
      const patterns = operand.filter((item) => item instanceof BSONRegExp).map((item) => regexTest(item));
      const strings = new Set(operand.filter((item) => typeof item === 'string'));
      const others = operand.filter((item) => typeof item !== 'string');
      return (value) =>
        strings.has(value as string) ||
        (typeof value === 'string' ? others : operand).some((item) => equal(value, item)) ||
        patterns.some((matches) => matches(value));
    }
    case '$gt':
      return comparison(operand, (order) => order > 0);
    case '$gte':
      return comparison(operand, (order) => order >= 0);
    case '$lt':
      return comparison(operand, (order) => order < 0);
    case '$lte':
      return comparison(operand, (order) => order <= 0);
    case '$regex':
      return regexTest(operand, isDocument(whole) ? whole.$options : undefined);
    case '$type':
      return typeTest(operand);
    case '$mod':
      return modTest(operand);
  }
  throw bad(`unknown operator: ${operator}`);
}

/** `$gt` and its like compare within one type alone, but null with a missing field, and anything with MinKey and MaxKey. */
function comparison(operand: unknown, holds: (order: number) => boolean): Test {
  if (operand instanceof BSONRegExp) throw bad('a regular expression has no order');
  const type = typeOrder(operand);
  const any = type === 1 || type === 127;
  const nan = type === 10 && Number.isNaN(Number(operand));
  return (value) => {
    if (!any && typeOrder(value) !== type) return false;
    if (type === 10 && Number.isNaN(Number(value)) !== nan) return false;
    return holds(compare(value, operand));
  };
}

function modTest(operand: unknown): Test {
  const [divisor, rest, ...more] = Array.isArray(operand) ? operand.map(int64) : [];
  if (!divisor || rest === undefined || more.length > 0) throw bad('malformed mod, divisor and rest needed');
  return (value) => {
    const dividend = int64(value);
    return dividend !== undefined && dividend % divisor === rest;
  };
}

/** The number without its fraction, where that is an int64. */
function int64(value: unknown): bigint | undefined {
  if (typeOrder(value) !== 10) return undefined;
  const [text, digits] = /^(-?\d+)(?:\.\d*)?$/.exec(String(value)) ?? [String(value)];
  if (!digits && !Number.isFinite(Number(text))) return undefined;
  const whole = BigInt(digits ?? Math.trunc(Number(text)));
  return BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

function regexTest(operand: unknown, options?: unknown): Test {
  const pattern = operand instanceof BSONRegExp ? operand.pattern : operand;
  const flags = options ?? (operand instanceof BSONRegExp ? operand.options : '');
  if (typeof pattern !== 'string' || typeof flags !== 'string')
    throw bad('$regex and $options must be strings');
  const regex = regularExpression(pattern, flags);
  return (value) => {
    if (typeof value === 'string') return regex.test(value);
    return value instanceof BSONRegExp && value.pattern === pattern && value.options === flags;
  };
}

const types: [number, string, Test][] = [
  [1, 'double', (value) => value instanceof Double || isPlainDouble(value)],
  [2, 'string', (value) => typeof value === 'string'],
  [3, 'object', isDocument],
  [4, 'array', Array.isArray],
  [5, 'binData', (value) => typeOrder(value) === 30],
  [7, 'objectId', (value) => value instanceof ObjectId],
  [8, 'bool', (value) => typeof value === 'boolean'],
  [9, 'date', (value) => value instanceof Date],
  [10, 'null', (value) => value === null],
  [11, 'regex', (value) => value instanceof BSONRegExp],
  [13, 'javascript', (value) => value instanceof Code],
  [14, 'symbol', (value) => value instanceof BSONSymbol],
  [16, 'int', isInt32],
  [17, 'timestamp', (value) => value instanceof Timestamp],
  [18, 'long', (value) => typeof value === 'bigint'],
  [19, 'decimal', (value) => value instanceof Decimal128],
  [-1, 'minKey', (value) => value instanceof MinKey],
  [127, 'maxKey', (value) => value instanceof MaxKey],
  [NaN, 'number', (value) => typeOrder(value) === 10],
];

function typeTest(operand: unknown): Test {
  const tests = (Array.isArray(operand) ? operand : [operand]).map((wanted) => {
    const known = types.find(([number, alias]) => alias === wanted || number === Number(wanted));
    if (!known) throw bad(`Unknown type name alias: ${String(wanted)}`);
    return known[2];
  });
  return (value) => tests.some((test) => test(value));
}

/** The conditions that every matching document meets. */
export function conditionsOf(filter: Document): Condition[] {
  return Object.entries(filter).flatMap(([path, operand]) => {
    if (path === '$and') return (operand as Document[]).flatMap(conditionsOf);
    if (path.startsWith('$')) return [];
    return operatorsOf(operand).map(([operator, value]) => ({ path, operator, operand: value }));
  });
}
