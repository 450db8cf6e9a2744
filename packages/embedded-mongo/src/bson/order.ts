import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  BSON,
  Code,
  Decimal128,
  Double,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { numberKey } from './number-keys';
import { isDocument, type Path } from './values';

/** Stands for an array without elements in sorting and indexes: it comes before null. */
export const emptyArray = Symbol('empty array');

/**
 * The place of the value's type in MongoDB's order of types (manual, "Comparison/Sort Order"), as the first byte of its key.
 * Numbers of all types are one type; so are null, undefined and a missing field.
 */
export function typeOrder(value: unknown): number {
  if (value === undefined || value === null) return 5;
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 10;
    case 'string':
      return 15;
    case 'boolean':
      return 40;
    case 'symbol':
      return 4;
  }
  if (isDocument(value)) return 20;
  if (Array.isArray(value)) return 25;
  if (value instanceof Double || value instanceof Decimal128) return 10;
  if (value instanceof Date) return 45;
  if (value instanceof ObjectId) return 35;
  if (value instanceof Binary) return 30;
  if (value instanceof BSONSymbol) return 15;
  if (value instanceof Timestamp) return 47;
  if (value instanceof RegExp || value instanceof BSONRegExp) return 50;
  if (value instanceof MinKey) return 1;
  if (value instanceof MaxKey) return 127;
  return value instanceof Code ? 60 : 20;
}

/**
 * The value's key: keys compare, byte by byte, as MongoDB compares the values, no key is the beginning of another, and equal
 * values have equal keys.
 */
export function keyOf(value: unknown): Buffer {
  const type = typeOrder(value);
  if (type === 10) return numberKey(value as number);
  if (type === 15) return stringKey(String(value), STRING);
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: unknown, out: Uint8Array[]): void {
  const type = typeOrder(value);
  if (type === 10) return void out.push(numberKey(value as number));
  if (type === 15) return void out.push(stringKey(String(value), STRING));
  out.push(Buffer.of(type));
  if (type === 40) out.push(Buffer.of(value ? 1 : 0));
  else if (type === 45 || type === 47)
    out.push(integerKey(type === 45 ? BigInt(+(value as Date)) : (value as Timestamp).toBigInt()));
  else if (type === 35) out.push((value as ObjectId).id);
  else if (type === 30) {
    const { sub_type, position, buffer } = value as Binary;
    const head = Buffer.alloc(5, sub_type);
    head.writeUInt32BE(position);
    out.push(head, buffer.subarray(0, position));
  } else if (type === 25) {
    for (const item of value as unknown[]) write(item, out);
    out.push(Buffer.of(0));
  } else if (type === 20 && isDocument(value)) {
    for (const [name, field] of Object.entries(value)) {
      out.push(Buffer.of(typeOrder(field)), stringKey(name));
      write(field, out);
    }
    out.push(Buffer.of(0));
  } else if (type === 50) {
    const { source, flags } =
      value instanceof RegExp
        ? value
        : { source: (value as BSONRegExp).pattern, flags: (value as BSONRegExp).options };
    out.push(stringKey(source), stringKey(flags));
  } else if (type === 60 || type === 20) out.push(stringKey(BSON.EJSON.stringify(value)));
}

const STRING = '\u000f';

function stringKey(value: string, type = ''): Buffer {
  return Buffer.from(`${type}${value.includes('\0') ? value.replaceAll('\0', '\0\u0080') : value}\0\0`);
}

function integerKey(value: bigint): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt.asUintN(64, value) ^ (1n << 63n));
  return key;
}

/** Compares as MongoDB does: negative, 0 or positive. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number' && a === a && b === b) return a < b ? -1 : a > b ? 1 : 0;
  if (a === b) return 0;
  const difference = typeOrder(a) - typeOrder(b);
  if (difference !== 0) return difference;
  if (a === undefined || a === null) return 0;
  if (a instanceof Date && b instanceof Date) return +a - +b;
  return Buffer.compare(keyOf(a), keyOf(b));
}

/** Whether MongoDB holds the values equal: numbers whatever their type, documents only with the same order of fields. */
export function equal(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  return compare(a, b) === 0;
}

/** The values that stand for the document in an index or an order: the elements where the path ends at an array. */
export function sortValues(document: unknown, path: Path): unknown[] {
  const [top] = path;
  if (path.length === 1 && isDocument(document) && Object.hasOwn(document, top)) {
    const value: unknown = document[top];
    if (!Array.isArray(value)) return [value];
  }
  const found = resolvePath(document, path).flatMap((value) => {
    if (!Array.isArray(value)) return [value];
    return value.length > 0 ? (value as unknown[]) : [emptyArray];
  });
  return found.length > 0 ? found : [undefined];
}

/**
 * All values that a dotted path resolves to in a document, through arrays as MongoDB goes through them; `undefined` for each place
 * where the field is missing. The arrays at the end of the path are given as they are.
 */
export function resolvePath(
  value: unknown,
  path: readonly string[],
  at = 0,
  found: unknown[] = [],
): unknown[] {
  const name = path[at];
  if (name === undefined) found.push(value);
  else if (Array.isArray(value)) {
    if (/^\d+$/.test(name) && Number(name) < value.length)
      resolvePath(value[Number(name)], path, at + 1, found);
    for (const item of value) if (isDocument(item)) resolvePath(item, path, at, found);
  } else
    resolvePath(
      isDocument(value) && Object.hasOwn(value, name) ? value[name] : undefined,
      path,
      at + 1,
      found,
    );
  return found;
}
