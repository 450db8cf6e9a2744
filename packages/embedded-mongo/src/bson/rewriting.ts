import type { Document } from 'bson';
import { encode, join } from './documents';
import { isPlainName, type FieldOffsets, type Part } from './plain-documents';
import { bsonType, eachRawField, rawName } from './raw-fields';
import { isPlainDouble } from './values';

/**
 * The bytes of a document in which an update has changed some fields: what has not changed is copied, which is the same as to
 * decode and encode the whole document for a fraction of the time.
 * @param part the fields that the update looks at
 * @param after what the update has made of them
 * @returns undefined where it is not known what is where
 */
export function rewritten(raw: Buffer, { document, offsets }: Part, after: Document): Buffer | undefined {
  if (offsets === undefined) return undefined;
  const changed: Document = {};
  let doublesAlone = true;
  for (const name of Object.keys(after)) {
    const value: unknown = after[name];
    if (Object.is(value, document[name])) continue;
    if (!isPlainName(name)) return undefined;
    changed[name] = value;
    const present = offsets.get(name);
    doublesAlone &&= present !== undefined && raw[present[0]] === bsonType.double && isPlainDouble(value);
  }
  const gone = Object.keys(document).filter((name) => !Object.hasOwn(after, name));
  if (doublesAlone && gone.length === 0) return overwritten(raw, offsets, changed);
  return spliced(raw, offsets, changed, gone);
}

/** Doubles all have one length, as the times have that most updates change alone. */
function overwritten(
  raw: Buffer,
  offsets: NonNullable<Part['offsets']>,
  doubles: Readonly<Record<string, number>>,
): Buffer {
  const bytes = Buffer.from(raw);
  for (const name of Object.keys(doubles)) {
    const [, nameEnd] = offsets.get(name) as FieldOffsets;
    bytes.writeDoubleLE(doubles[name] as number, nameEnd + 1);
  }
  return bytes;
}

/** New fields come last, in the order in which they were made. */
function spliced(
  raw: Buffer,
  offsets: NonNullable<Part['offsets']>,
  changed: Document,
  gone: readonly string[],
): Buffer {
  const fresh = encodedFields(changed);
  const parts: Buffer[] = [];
  let at = 4;
  for (const [name, [start, , end]] of offsets) {
    const field = fresh.get(name);
    if (field === undefined && !gone.includes(name)) continue;
    parts.push(raw.subarray(at, start));
    if (field !== undefined) parts.push(field);
    fresh.delete(name);
    at = end;
  }
  parts.push(raw.subarray(at, -1), ...fresh.values());
  return join(parts);
}

/** @returns the fields as bytes, by their names */
function encodedFields(document: Document): Map<string, Buffer> {
  const raw = encode(document);
  const fields = new Map<string, Buffer>();
  eachRawField(raw, (start, nameEnd, end) => {
    fields.set(rawName(raw, start, nameEnd), raw.subarray(start, end));
  });
  return fields;
}
