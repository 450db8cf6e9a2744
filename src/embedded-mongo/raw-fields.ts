import { CommandError } from './errors';

/** Bytes of a value by its BSON type, where that is fixed (bsonspec.org). */
const FIXED: Readonly<Record<number, number>> = {
  ...{ 0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0a: 0 },
  ...{ 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7f: 0, 0xff: 0 },
};
/** Types whose value begins with its length as an int32, and how many bytes that length leaves out. */
const COUNTED: Readonly<Record<number, number>> = {
  ...{ 0x02: 4, 0x0d: 4, 0x0e: 4, 0x05: 5, 0x0c: 16 },
  ...{ 0x03: 0, 0x04: 0, 0x0f: 0 },
};
const REGULAR_EXPRESSION = 0x0b;

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
    const nameEnd = raw.indexOf(0, at + 1);
    const end = nameEnd < 0 ? NaN : nameEnd + 1 + valueBytes(raw, raw[at], nameEnd + 1);
    if (!(end <= last)) throw new CommandError('InvalidBSON', 'invalid BSON: a field goes past the end');
    visit(at, nameEnd, end);
    at = end;
  }
}

function valueBytes(raw: Buffer, type: number, at: number): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return fixed;
  if (type === REGULAR_EXPRESSION) {
    const options = raw.indexOf(0, at) + 1;
    return options === 0 ? NaN : raw.indexOf(0, options) + 1 - at;
  }
  const extra = COUNTED[type];
  return extra === undefined || at + 4 > raw.length ? NaN : raw.readInt32LE(at) + extra;
}
