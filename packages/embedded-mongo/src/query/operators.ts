import { BSONRegExp, MinKey, type Document } from 'bson';
import { Context, evalExpr } from 'mingo/core';
import * as mingoOperators from 'mingo/operators/expression';
import type { AnyObject, Options } from 'mingo/types';
import {
  average,
  checkNumbers,
  checkWhole,
  extreme,
  total,
  unsupported,
  withPlainNumbers,
} from './arithmetic';
import { CommandError } from '../errors';
import { compare, equal, typeOrder } from '../bson/order';
import { isDocument } from '../bson/values';

// Loading this loads mingo, which takes longer than all else of the server: only `evaluator` does, when it has to.

type Operator = (object: AnyObject, operand: unknown, options: Options) => unknown;

const known = mingoOperators as unknown as Record<string, Operator>;

/** What mingo computes with its own equality, order or regular expressions, which are not MongoDB's. */
const REFUSED =
  '$indexOfArray $setDifference $setEquals $setIntersection $setIsSubset $setUnion $sortArray $maxN $minN $median $percentile ' +
  '$regexFind $regexFindAll $regexMatch $function $toHashedIndexKey $arrayToObject $setField $toLong $toDecimal $convert';
/** What takes numbers, and dates where it says so. */
const ARITHMETIC =
  '$abs $add $ceil $divide $exp $floor $ln $log $log10 $mod $multiply $pow $round $sqrt $subtract $trunc ' +
  '$bitAnd $bitNot $bitOr $bitXor';

/** Compares as expressions do: a missing field comes before null. */
function ordered(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) {
    if (a === b) return 0;
    return ((a ?? b) instanceof MinKey ? 1 : -1) * (a === undefined ? 1 : -1);
  }
  return Math.sign(compare(a, b));
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
  if (typeOrder(evalExpr(object, operand, options)) === 10) throw unsupported('$type of a number');
  return known.$type?.(object, operand, options);
};

/** mingo's operator, given values that it computes with exactly. */
const guarded =
  (name: string, operator: Operator): Operator =>
  (object, operand, options) => {
    const value = evalExpr(object, operand, options);
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    checkNumbers(values, name);
    if (!values.every((one) => typeof one === 'number' || one instanceof Date || typeOrder(one) === 5))
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
 * Compiles an expression that has operators or variables.
 * @throws CommandError NotImplemented for operators that are not served; when evaluated, BadValue and others
 */
export function compileOperators(expression: unknown): (document: Document) => unknown {
  check(expression);
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
