import { mongo } from 'mongoose';

/**
 * The longest id, percent-encoded, in bytes: with it, the head of a request still fits into the 16 KiB that Node takes.
 */
export const MAX_ID_BYTES = 15 * 1024;

const OBJECT_ID = /^[0-9a-f]{24}$/;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]\d+)?$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const { EJSON, Binary, Decimal128, Long, ObjectId, UUID: StoredUuid } = mongo.BSON;
const MAX_LONG = 2n ** 63n;

/** The `_id` as it is stored, on a document whose `_id` was made a text. A symbol: it is neither shown nor stored. */
const STORED_ID = Symbol('STORED_ID');

/** Whether calls can name a heartbeat that is stored under this `_id`: a text that fits into a URL, an ObjectId, a number, a UUID. */
export function isNameable(stored: unknown): boolean {
  if (typeof stored === 'string') return stored !== '' && encodeURIComponent(stored).length <= MAX_ID_BYTES;
  return (
    isFiniteNumber(stored) ||
    stored instanceof ObjectId ||
    (stored instanceof Binary && stored.sub_type === Binary.SUBTYPE_UUID)
  );
}

/**
 * @param stored an `_id` as the driver reads it; other programs may have chosen any type
 * @returns the text by which it is known: 24 hex digits, decimal digits, a UUID, of any other type its extended JSON
 */
export function idText(stored: unknown): string {
  if (typeof stored === 'string') return stored;
  if (stored instanceof ObjectId) return stored.toHexString();
  if (stored instanceof Binary && stored.sub_type === Binary.SUBTYPE_UUID) return stored.toUUID().toString();
  if (typeof stored === 'number') return Number.isInteger(stored) ? BigInt(stored).toString() : `${stored}`;
  if (stored instanceof Long || stored instanceof Decimal128) return stored.toString();
  return EJSON.stringify(stored);
}

/**
 * @returns what a heartbeat may be stored under that is known by this text, besides the text itself; as a rule nothing, or a UUID that
 * nobody has
 */
export function foreignIdsOf(text: string): unknown[] {
  return candidates(text).filter((candidate) => idText(candidate) === text);
}

function candidates(text: string): unknown[] {
  if (UUID.test(text)) return [new StoredUuid(text)];
  const found: unknown[] = OBJECT_ID.test(text) ? [new ObjectId(text)] : [];
  if (NUMBER.test(text)) return [...found, ...numbers(text)];
  if (/^(NaN|-?Infinity)$/.test(text)) return [Number(text)];
  if (/^(\{|null$|true$|false$)/.test(text)) found.push(...ofExtendedJson(text));
  return found;
}

/** The database takes equal numbers of different types for one. */
function numbers(text: string): unknown[] {
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) {
    const value = BigInt(text);
    if (value >= -MAX_LONG && value < MAX_LONG) return [Long.fromBigInt(value), Number(text)];
  }
  return text.length > 34 ? [Number(text)] : [Number(text), Decimal128.fromString(text)];
}

function ofExtendedJson(text: string): unknown[] {
  try {
    const value = EJSON.parse(text) as unknown;
    const isPlain = typeof value === 'object' && value !== null && !('_bsontype' in value);
    // The database would take it for an operator.
    return isPlain && Object.keys(value).some((key) => key.startsWith('$')) ? [] : [value];
  } catch {
    return [];
  }
}

const isFiniteNumber = (stored: unknown): boolean =>
  (typeof stored === 'number' || stored instanceof Long || stored instanceof Decimal128) &&
  /^-?\d/.test(stored.toString());

/** @returns when an ObjectId was made, in unix seconds; undefined of any other `_id` */
export const idTime = (stored: unknown): number | undefined =>
  stored instanceof ObjectId ? Math.floor(stored.getTimestamp().getTime() / 1000) : undefined;

/**
 * Makes the `_id` of a document that was read a text, for good; {@link storedIdOf} still gives what it was, also of a copy.
 * @returns the document
 */
export function withTextId<T>(document: T): T {
  if (typeof document !== 'object' || document === null) return document;
  const known = document as { _id?: unknown; [STORED_ID]?: unknown };
  if (typeof known._id === 'string' || !('_id' in known)) return document;
  known[STORED_ID] = known._id;
  known._id = idText(known._id);
  return document;
}

/** @returns a document that was read as bytes, with {@link withTextId} */
export const decoded = <T>(bytes: Uint8Array): T => withTextId(mongo.BSON.deserialize(bytes) as T);

/** @returns the `_id` as it is stored, for writing: typed as a text, which it nearly always is */
export const storedIdOf = (document: { readonly _id: string; readonly [STORED_ID]?: unknown }): string =>
  (STORED_ID in document ? document[STORED_ID] : document._id) as string;
