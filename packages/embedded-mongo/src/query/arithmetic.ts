import { Decimal128, Double } from 'bson';
import { CommandError } from '../errors';
import { compare, equal, typeOrder } from '../bson/order';
import { isDocument } from '../bson/values';

/** What the embedded MongoDB does not do, and says so. */
export const unsupported = (message: string): CommandError =>
  new CommandError('NotImplemented', `${message} is not supported by the embedded MongoDB`);

/** A copy in which every number that a double can hold exactly is a plain number, as mingo computes with. */
export function withPlainNumbers(value: unknown): unknown {
  if (value instanceof Double) return value.value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withPlainNumbers(field)]));
}

/** The greatest (`sign` 1) or smallest value; null where there is none. */
export function extreme(values: readonly unknown[], sign: 1 | -1): unknown {
  const there = values.filter((value) => typeOrder(value) !== 5);
  return there.length === 0
    ? null
    : there.reduce((best, value) => (compare(value, best) * sign > 0 ? value : best));
}

/** The sum and the number of what is a number. @throws CommandError NotImplemented where doubles cannot hold it exactly */
export function total(values: readonly unknown[]): { sum: number; count: number } {
  const numbers = values.map(withPlainNumbers).filter((value) => typeOrder(value) === 10);
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

/** @throws CommandError NotImplemented where one is beyond what a double holds */
export function checkNumbers(values: readonly unknown[], what: string): void {
  if (values.some((value) => typeof value === 'bigint' || value instanceof Decimal128))
    throw unsupported(`${what} of a Decimal128 or of an int64 beyond 2^53`);
}

/** @throws CommandError NotImplemented where a result of whole numbers is beyond what a double holds */
export function checkWhole(values: readonly unknown[], result: unknown, what: string): void {
  if (Number.isInteger(result) && !Number.isSafeInteger(result) && values.every(Number.isInteger))
    throw unsupported(`${what} of whole numbers beyond 2^53`);
}

/** Whether an expression's value counts as true. */
export function isTrue(value: unknown): boolean {
  return typeOrder(value) !== 5 && value !== false && !(typeOrder(value) === 10 && equal(value, 0));
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
