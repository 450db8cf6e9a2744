import { BSON, DBRef, Double, Int32, Long, type Document } from 'bson';
import { CommandError } from '../errors';
import { decodePlain, type Part, plainPart } from './plain-documents';
import { bsonType, eachRawField, rawName } from './raw-fields';
import { isDocument, isInt32 } from './values';

/** The largest document that MongoDB stores: 16 MiB. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/**
 * Decodes one BSON document without losing a type: int32 → number, int64 → bigint, double → number, or Double where a
 * plain number would be written back as an int32; everything else as the bson library does it.
 * @throws CommandError InvalidBSON, Overflow when nested too deeply, NotImplemented for what could not be kept as it is
 */
export function decode(raw: Uint8Array): Document {
  try {
    const plain = decodePlain(bufferOf(raw));
    if (plain !== undefined) return plain;
    const changed: Changed = { there: false };
    const document = promote(deserialize(raw), changed) as Document;
    return changed.there ? fieldByField(raw, true) : document;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const tooDeep = /call stack/.test((error as Error).message);
    throw new CommandError(tooDeep ? 'Overflow' : 'InvalidBSON', `invalid BSON: ${(error as Error).message}`);
  }
}

/**
 * Decodes the wanted fields alone.
 * @throws CommandError as {@link decode}
 */
export function decodePart(raw: Buffer, wanted: ReadonlySet<string>): Part {
  return plainPart(raw, wanted) ?? { document: decode(pick(raw, (name) => wanted.has(name))) };
}

/** Whether decoding may have changed something: a document with `$ref`, or names that JavaScript puts in front. */
interface Changed {
  there: boolean;
}

/** The same bytes. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function deserialize(raw: Uint8Array): Document {
  return BSON.deserialize(raw, { promoteValues: false, bsonRegExp: true });
}

/** As the bson library's `promoteValues`, but so that no type is lost. */
function promote(value: unknown, changed: Changed): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return isInt32(value.value) ? value : value.value;
  if (Object.getPrototypeOf(value) === Long.prototype) return (value as Long).toBigInt();
  if (value instanceof Date && Number.isNaN(value.getTime()))
    throw new CommandError('BadValue', 'a date outside the years that ECMAScript can hold is not supported');
  if (value instanceof DBRef) changed.there = true;
  if (Array.isArray(value)) for (let at = 0; at < value.length; at++) value[at] = promote(value[at], changed);
  else if (isDocument(value)) {
    const names = Object.keys(value);
    changed.there ||= beginsWithDigit(names[0]);
    for (const name of names) value[name] = promote(value[name], changed);
  }
  return value;
}

const beginsWithDigit = (name: string | undefined): boolean =>
  name !== undefined && name >= '0' && name < ':';

/**
 * Decodes slowly what the bson library changes: it makes a class of its own of a document with `$ref` and `$id`, and
 * divides the name in it. JavaScript puts names like whole numbers in front, in ascending order: documents with another
 * order are refused, but for the `_id` at the top, which belongs in front of all.
 */
function fieldByField(raw: Uint8Array, top = false): Document {
  const fields = rawFields(raw);
  const document = Object.fromEntries(fields);
  const came = [...new Set(fields.map(([name]) => name))].filter((name) => !top || name !== '_id');
  const kept = Object.keys(document).filter((name) => !top || name !== '_id');
  if (came.some((name, at) => name !== kept[at]))
    throw new CommandError(
      'NotImplemented',
      `fields named like whole numbers are kept in ascending order and before others alone, not as in {${came.join(', ')}}`,
    );
  return document;
}

function rawFields(raw: Uint8Array): [string, unknown][] {
  const bytes = bufferOf(raw);
  const fields: [string, unknown][] = [];
  eachRawField(bytes, (start, nameEnd, end) => {
    const name = rawName(bytes, start, nameEnd);
    const type = bytes[start];
    const inner = bytes.subarray(nameEnd + 1, end);
    if (type === bsonType.document) fields.push([name, fieldByField(inner)]);
    else if (type === bsonType.array) fields.push([name, rawFields(inner).map(([, item]) => item)]);
    else {
      const alone = deserialize(join([bytes.subarray(start, end)]));
      if (alone[name] instanceof DBRef)
        throw new CommandError('NotImplemented', 'values of the type DBPointer are not supported');
      fields.push([name, promote(alone[name], { there: false })]);
    }
  });
  return fields;
}

/**
 * Encodes what `decode` gave, or an answer. Int64 are written for bigint; a field `_bsontype` is an ordinary field; an `_id`
 * comes before names like whole numbers.
 */
export function encode(document: Document): Buffer {
  return bufferOf(BSON.serialize(plainFields(document, true) as Document, { ignoreUndefined: true }));
}

/** The bson library takes any object with a field `_bsontype` for one of its own classes, but not a Map. */
function plainFields(value: unknown, top = false): unknown {
  if (Array.isArray(value)) return mapped(value, (item) => plainFields(item)) ?? value;
  if (!isDocument(value)) return value;
  const names = Object.keys(value);
  const values = mapped(Object.values(value), (item) => plainFields(item));
  const late = top && beginsWithDigit(names[0]) && Object.hasOwn(value, '_id');
  if (!values && !late && !Object.hasOwn(value, '_bsontype')) return value;
  const fields = names.map((name, at): [string, unknown] => [name, (values ?? Object.values(value))[at]]);
  return new Map(late ? [['_id', undefined], ...fields] : fields);
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

/** A BSON array of these encoded documents, copied byte for byte. */
export function documentArray(documents: readonly Buffer[]): Buffer {
  const heads = documents.map((_, at) => `\u0003${at}\0`);
  const length = documents.reduce((sum, raw, at) => sum + raw.length + (heads[at] ?? '').length, 5);
  const array = Buffer.allocUnsafe(length);
  let end = array.writeInt32LE(length);
  for (const [at, raw] of documents.entries()) {
    end += array.write(heads[at] ?? '', end, 'latin1');
    end += raw.copy(array, end);
  }
  array[end] = 0;
  return array;
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
  // Fields that are next to each other are copied together.
  let [from, to] = [4, 4];
  eachRawField(raw, (start, nameEnd, end) => {
    if (!keeps(rawName(raw, start, nameEnd))) return;
    if (start > to) {
      length += raw.copy(picked, length, from, to);
      from = start;
    }
    to = end;
  });
  length += raw.copy(picked, length, from, to);
  picked[length] = 0;
  picked.writeInt32LE(length + 1);
  return picked.subarray(0, length + 1);
}
