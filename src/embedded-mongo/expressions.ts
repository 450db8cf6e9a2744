import { Double, type Document } from 'bson';
import { isDocument } from './documents';
import { equal } from './order';

/** A copy in which every number that a double can hold exactly is a plain number, as mingo computes with. */
export function withPlainNumbers(value: unknown): unknown {
  if (value instanceof Double) return value.value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withPlainNumbers(field)]));
}

const comparisons = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte']);

/**
 * An aggregation expression as mingo is to evaluate it: numbers plain, and comparisons by way of `$cmp`, since mingo's own
 * hold values of different types, null and missing among them, neither smaller nor greater nor different.
 */
export function expression(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expression);
  if (!isDocument(value)) return withPlainNumbers(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, operand]) => {
      if (name === '$literal') return [name, withPlainNumbers(operand)];
      return [name, comparisons.has(name) ? [{ $cmp: expression(operand) }, 0] : expression(operand)];
    }),
  );
}

/** `$set: {a: {b: 1}}` sets `a.b` and keeps the rest of `a`; mingo does so for dotted paths alone. */
export function mergingStage(stage: Document): Document {
  const [[name, fields]] = Object.entries(stage) as [string, unknown][];
  if (!['$set', '$addFields'].includes(name) || !isDocument(fields)) return stage;
  return { [name]: Object.fromEntries(Object.entries(fields).flatMap(([path, value]) => flat(path, value))) };
}

function flat(path: string, value: unknown): [string, unknown][] {
  if (!isDocument(value) || /^(\$.*)?$/.test(Object.keys(value)[0] ?? '')) return [[path, value]];
  return Object.entries(value).flatMap(([name, field]) => flat(`${path}.${name}`, field));
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
