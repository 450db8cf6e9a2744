import { BSONRegExp, Decimal128, Double, MinKey, type Document } from 'bson';
import { Context, evalExpr } from 'mingo/core';
import * as mingoOperators from 'mingo/operators/expression';
import type { AnyObject, Options } from 'mingo/types';
import { CommandError } from './errors';
import { bracket, compare, equal } from './order';
import { isDocument } from './values';

type Operator = (object: AnyObject, operand: unknown, options: Options) => unknown;

const known = mingoOperators as unknown as Record<string, Operator>;

/** A copy in which every number that a double can hold exactly is a plain number, as mingo computes with. */
export function withPlainNumbers(value: unknown): unknown {
  if (value instanceof Double) return value.value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withPlainNumbers(field)]));
}

/** What mingo computes with its own equality, order or regular expressions, which are not MongoDB's. */
const REFUSED =
  '$indexOfArray $setDifference $setEquals $setIntersection $setIsSubset $setUnion $sortArray $maxN $minN $median $percentile ' +
  '$regexFind $regexFindAll $regexMatch $function $toHashedIndexKey $arrayToObject $setField $toLong $toDecimal $convert';
/** What takes numbers, and dates where it says so. */
const ARITHMETIC =
  '$abs $add $ceil $divide $exp $floor $ln $log $log10 $mod $multiply $pow $round $sqrt $subtract $trunc ' +
  '$bitAnd $bitNot $bitOr $bitXor';

const unsupported = (message: string): CommandError =>
  new CommandError('NotImplemented', `${message} is not supported by the embedded MongoDB`);

/** Compares as expressions do: a missing field comes before null. */
function ordered(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) {
    if (a === b) return 0;
    return ((a ?? b) instanceof MinKey ? 1 : -1) * (a === undefined ? 1 : -1);
  }
  return Math.sign(compare(a, b));
}

/** The greatest (`sign` 1) or smallest value; null where there is none. */
export function extreme(values: readonly unknown[], sign: 1 | -1): unknown {
  const there = values.filter((value) => bracket(value) !== 5);
  return there.length === 0
    ? null
    : there.reduce((best, value) => (compare(value, best) * sign > 0 ? value : best));
}

/** The sum and the number of what is a number. @throws CommandError NotImplemented where doubles cannot hold it exactly */
export function total(values: readonly unknown[]): { sum: number; count: number } {
  const numbers = values.map(withPlainNumbers).filter((value) => bracket(value) === 10);
  checkNumbers(numbers, 'a sum');
  const sum = (numbers as number[]).reduce((before, value) => before + value, 0);
  checkWhole(numbers, sum, 'a sum');
  return { sum, count: numbers.length };
}

/** The mean of what is a number; null where nothing is. @throws CommandError as {@link total} */
export function average(values: readonly unknown[]): number | null {
  const { sum, count } = total(values);
  return count === 0 ? null : sum / count;
}

function checkNumbers(values: readonly unknown[], what: string): void {
  if (values.some((value) => typeof value === 'bigint' || value instanceof Decimal128))
    throw unsupported(`${what} of a Decimal128 or of an int64 beyond 2^53`);
}

function checkWhole(values: readonly unknown[], result: unknown, what: string): void {
  if (Number.isInteger(result) && !Number.isSafeInteger(result) && values.every(Number.isInteger))
    throw unsupported(`${what} of whole numbers beyond 2^53`);
}

const compared =
  (holds: (order: number) => unknown): Operator =>
  (object, operand, options) => {
    const values = evalExpr(object, operand, options);
    if (!Array.isArray(values) || values.length !== 2)
      throw new CommandError('BadValue', 'a comparison takes two arguments');
    return holds(ordered(values[0], values[1]));
  };

const ofValues =
  (compute: (values: unknown[]) => unknown): Operator =>
  (object, operand, options) => {
    const value = evalExpr(object, operand, options);
    const values = Array.isArray(operand) ? (value as unknown[]) : [value];
    // One array alone stands for its elements.
    return compute(values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values);
  };

const own: Record<string, Operator> = {
  $cmp: compared((order) => order),
  $eq: compared((order) => order === 0),
  $ne: compared((order) => order !== 0),
  $gt: compared((order) => order > 0),
  $gte: compared((order) => order >= 0),
  $lt: compared((order) => order < 0),
  $lte: compared((order) => order <= 0),
  $max: ofValues((values) => extreme(values, 1)),
  $min: ofValues((values) => extreme(values, -1)),
  $sum: ofValues((values) => total(values).sum),
  $avg: ofValues(average),
  $in: (object, operand, options) => {
    const [value, list] = evalExpr(object, operand, options) as unknown[];
    if (!Array.isArray(list))
      throw new CommandError('BadValue', '$in requires an array as a second argument');
    return list.some((item) => equal(item, value));
  },
};

const typeName: Operator = (object, operand, options) => {
  if (bracket(evalExpr(object, operand, options)) === 10) throw unsupported('$type of a number');
  return known.$type(object, operand, options);
};

/** mingo's operator, given values that it computes with exactly. */
const guarded =
  (name: string, operator: Operator): Operator =>
  (object, operand, options) => {
    const value = evalExpr(object, operand, options);
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    checkNumbers(values, name);
    if (!values.every((one) => typeof one === 'number' || one instanceof Date || bracket(one) === 5))
      throw new CommandError(
        'TypeMismatch',
        `${name} only supports numbers, and dates where they make sense`,
      );
    const result = operator(object, value, options);
    checkWhole(values, result, name);
    return result;
  };

const operators = new Map<string, Operator>(Object.entries(known));
for (const name of REFUSED.split(' ')) operators.delete(name);
for (const name of ARITHMETIC.split(' ')) {
  const operator = operators.get(name);
  if (operator) operators.set(name, guarded(name, operator));
}
for (const [name, operator] of Object.entries({ ...own, $type: typeName })) operators.set(name, operator);
const context = Context.init({ expression: Object.fromEntries(operators) });

/**
 * Compiles an aggregation expression. What a path alone names is given with its type.
 * @throws CommandError NotImplemented for operators that are not served; when evaluated, BadValue and others
 */
export function evaluator(expression: unknown): (document: Document) => unknown {
  check(expression);
  if (typeof expression === 'string' && /^\$[^$]/.test(expression)) {
    const parts = expression.slice(1).split('.');
    return (document) => valueAt(document, parts);
  }
  const plain = withPlainNumbers(expression);
  return (document) => {
    try {
      const root = withPlainNumbers(document);
      return evalExpr(root, plain, { context, scriptEnabled: false } as never);
    } catch (error) {
      if ((error as Error).constructor.name !== 'MingoError') throw error;
      throw new CommandError('BadValue', (error as Error).message);
    }
  };
}

/** Whether an expression's value counts as true. */
export function isTrue(value: unknown): boolean {
  return bracket(value) !== 5 && value !== false && !(bracket(value) === 10 && equal(value, 0));
}

function check(expression: unknown): void {
  if (Array.isArray(expression)) return expression.forEach(check);
  if (expression instanceof BSONRegExp) throw unsupported('a regular expression in an expression');
  if (!isDocument(expression)) return;
  const operator = Object.keys(expression).find((name) => name.startsWith('$'));
  if (operator && Object.keys(expression).length > 1)
    throw new CommandError('BadValue', 'an expression has exactly one operator');
  if (operator && !operators.has(operator)) throw unsupported(`the expression operator '${operator}'`);
  if (operator !== '$literal') Object.values(expression).forEach(check);
}

/** What a path names: in an array, the list of what it names in each document there. */
function valueAt(value: unknown, parts: readonly string[], at = 0): unknown {
  if (at === parts.length) return value;
  if (Array.isArray(value))
    return value
      .map((item) => (isDocument(item) ? valueAt(item, parts, at) : undefined))
      .filter((item) => item !== undefined);
  if (!isDocument(value) || !Object.hasOwn(value, parts[at])) return undefined;
  return valueAt(value[parts[at]], parts, at + 1);
}

/** The value with the types that its equal numbers had before mingo computed. */
export function typed(value: unknown, before: unknown): unknown {
  if (typeof value === 'number') return equal(value, before) ? before : value;
  if (Array.isArray(value))
    return value.map((item, at) => typed(item, Array.isArray(before) ? before[at] : undefined));
  if (!isDocument(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      typed(field, isDocument(before) ? before[name] : undefined),
    ]),
  );
}
