import { BSON, DBRef, Double, Int32, Long, type Document } from 'bson';
import { CommandError } from './errors';
import { eachRawField } from './raw-fields';

/** The largest document that MongoDB stores: 16 MiB. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Whether the value is a sub-document: whatever its fields are called (`constructor`, `_bsontype`), only its prototype tells. */
export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether it is a plain number that is written as an int32; every other plain number is written as a double. */
export function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value && !Object.is(value, -0);
}

/** Whether it is a plain number that is written as a double. */
export const isPlainDouble = (value: unknown): value is number =>
  typeof value === 'number' && !isInt32(value);

/**
 * Decodes one BSON document without losing a type: int32 → number, int64 → bigint, double → number, or Double where a
 * plain number would be written back as an int32; everything else as the bson library does it.
 * @throws CommandError InvalidBSON, or Overflow when nested too deeply
 */
export function decode(raw: Uint8Array, rawArrays: Record<string, boolean> = {}): Document {
  try {
    return settle(
      BSON.deserialize(raw, { promoteValues: false, bsonRegExp: true, fieldsAsRaw: rawArrays }),
    ) as Document;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const tooDeep = error instanceof RangeError && /call stack/.test(error.message);
    throw new CommandError(tooDeep ? 'Overflow' : 'InvalidBSON', `invalid BSON: ${(error as Error).message}`);
  }
}

function settle(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return isInt32(value.value) ? value : value.value;
  if (Object.getPrototypeOf(value) === Long.prototype) return (value as Long).toBigInt();
  if (value instanceof Date && Number.isNaN(value.getTime()))
    throw new CommandError('BadValue', 'a date outside the years that ECMAScript can hold is not supported');
  if (value instanceof DBRef) {
    const { $db, ...rest } = { $ref: value.collection, $id: value.oid, $db: value.db };
    return settle({ ...rest, ...($db === undefined ? {} : { $db }), ...value.fields });
  }
  if (Array.isArray(value)) for (let at = 0; at < value.length; at++) value[at] = settle(value[at]);
  else if (isDocument(value)) for (const name of Object.keys(value)) value[name] = settle(value[name]);
  return value;
}

/** Encodes what `decode` gave, or an answer. Int64 are written for bigint; a field `_bsontype` is an ordinary field. */
export function encode(document: Document): Buffer {
  const bytes = BSON.serialize(plainFields(document) as Document, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Encodes a document that an update made. Where doubles alone have changed, as times do, they are written over in a copy of
 * the bytes: the same result for a fraction of the time.
 * @param raw what `before` was decoded from
 */
export function encodeChanged(raw: Buffer, before: Document, after: Document): Buffer {
  const names = Object.keys(after);
  const changed = names.filter((name) => !Object.is(after[name], before[name]));
  const alike = names.length === Object.keys(before).length;
  if (!alike || !changed.every((name) => isPlainDouble(before[name]) && isPlainDouble(after[name])))
    return encode(after);
  const bytes = Buffer.from(raw);
  let written = 0;
  eachRawField(raw, (start, nameEnd, end) => {
    const length = nameEnd - start - 1;
    const name = changed.find(
      (each) => each.length === length && raw.toString('latin1', start + 1, nameEnd) === each,
    );
    if (name === undefined) return;
    bytes.writeDoubleLE(after[name] as number, end - 8);
    written += 1;
  });
  // A name that is not ASCII was not found, one that is there twice was found twice.
  return written === changed.length ? bytes : encode(after);
}

/** The bson library takes any object with a field `_bsontype` for one of its own classes, but not a Map. */
function plainFields(value: unknown): unknown {
  if (Array.isArray(value)) return mapped(value, plainFields) ?? value;
  if (!isDocument(value)) return value;
  const values = mapped(Object.values(value), plainFields);
  if (!values && !Object.hasOwn(value, '_bsontype')) return value;
  return new Map(Object.keys(value).map((name, at) => [name, (values ?? Object.values(value))[at]]));
}

function mapped(values: unknown[], change: (value: unknown) => unknown): unknown[] | undefined {
  let result: unknown[] | undefined;
  values.forEach((value, at) => {
    const next = change(value);
    if (next !== value) (result ??= [...values])[at] = next;
  });
  return result;
}

/** The elements of a document as bytes, without its length and its end: to be put together by `join`. */
export function elements(document: Document): Buffer {
  return encode(document).subarray(4, -1);
}

/** One element that holds an encoded document (`kind` 3) or array (`kind` 4). */
export function element(kind: 3 | 4, name: string, raw: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(kind), Buffer.from(`${name}\0`), raw]);
}

/** A BSON document of these elements, in this order, copied byte for byte. */
export function join(parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 5);
  const head = Buffer.alloc(4);
  head.writeInt32LE(length);
  return Buffer.concat([head, ...parts, Buffer.of(0)], length);
}

/**
 * The document with the top-level fields alone that `keeps` names, byte for byte.
 * @throws CommandError InvalidBSON
 */
export function pick(raw: Buffer, keeps: (name: string) => boolean): Buffer {
  const picked = Buffer.allocUnsafe(raw.length);
  let length = 4;
  eachRawField(raw, (start, nameEnd, end) => {
    if (keeps(raw.toString('utf8', start + 1, nameEnd))) length += raw.copy(picked, length, start, end);
  });
  picked[length] = 0;
  picked.writeInt32LE(length + 1);
  return picked.subarray(0, length + 1);
}
