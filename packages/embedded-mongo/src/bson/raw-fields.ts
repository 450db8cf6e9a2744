import { CommandError } from '../errors';

/** What the first byte of a field says of its value, for the types that are most usual (bsonspec.org). */
export const bsonType = {
  double: 1,
  string: 2,
  document: 3,
  array: 4,
  boolean: 8,
  null: 10,
  regularExpression: 11,
  int32: 16,
} as const;

/** Bytes of a value by its BSON type, where that is fixed (bsonspec.org). */
const FIXED: Readonly<Record<number, number>> = {
  ...{ 0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0a: 0 },
  ...{ 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7f: 0, 0xff: 0 },
};
/** Types whose value begins with its length as an int32, and how many bytes that length leaves out. */
const LENGTH_PREFIXED: Readonly<Record<number, number>> = {
  ...{ 0x02: 4, 0x0d: 4, 0x0e: 4, 0x05: 5, 0x0c: 16 },
  ...{ 0x03: 0, 0x04: 0, 0x0f: 0 },
};

/**
 * Walks over the top-level fields of an encoded document, without decoding any.
 * @param visit gets where the element begins (its type), where its name ends (the byte 0), and where the element ends
 * @throws CommandError InvalidBSON
 */
export function eachRawField(
  raw: Buffer,
  visit: (start: number, nameEnd: number, end: number) => void,
): void {
  const last = raw.length - 1;
  let at = 4;
  while (at < last) {
    // A name is short: to look at its bytes here takes less time than to call `indexOf`.
    let nameEnd = at + 1;
    while (raw[nameEnd] !== 0 && nameEnd < last) nameEnd++;
    const end = nameEnd + 1 + valueBytes(raw, raw[at] as number, nameEnd + 1);
    // A negative length would lead back, and round and round.
    if (!(end > nameEnd && end <= last))
      throw new CommandError('InvalidBSON', 'invalid BSON: a field goes past the end');
    visit(at, nameEnd, end);
    at = end;
  }
}

/** The names that were read last, by a few of their bytes: documents of one collection have the same ones again and again. */
const NAMES = new Array<string>(256).fill('');
const LONG_NAME = 64;

/** The name of a field that {@link eachRawField} has found. */
export function rawName(raw: Buffer, start: number, nameEnd: number): string {
  const length = nameEnd - start - 1;
  const slot = (31 * (raw[start + 1] as number) + 7 * (raw[nameEnd - 1] as number) + length) % NAMES.length;
  const known = NAMES[slot] ?? '';
  if (known.length === length && isThere(known, raw, start + 1)) return known;
  const name = raw.toString('utf8', start + 1, nameEnd);
  // As many characters as bytes is ASCII. Or it is no UTF-8: what stands for that then equals no byte, and is never taken.
  if (name.length === length && length <= LONG_NAME) NAMES[slot] = name;
  return name;
}

function isThere(name: string, raw: Buffer, at: number): boolean {
  for (let i = 0; i < name.length; i++) if (raw[at + i] !== name.charCodeAt(i)) return false;
  return true;
}

function valueBytes(raw: Buffer, type: number, at: number): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return fixed;
  if (type === bsonType.regularExpression) {
    const options = raw.indexOf(0, at) + 1;
    return options === 0 ? NaN : raw.indexOf(0, options) + 1 - at;
  }
  const extra = LENGTH_PREFIXED[type];
  return extra === undefined || at + 4 > raw.length ? NaN : raw.readInt32LE(at) + extra;
}
