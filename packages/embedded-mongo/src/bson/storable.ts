import { ObjectId, type Document } from 'bson';
import { bufferOf, decode, elements, join, MAX_DOCUMENT_BYTES, pick } from './documents';
import { CommandError } from '../errors';
import { isDocument } from './values';

/** How deep a stored document may be nested (manual, "MongoDB Limits and Thresholds"). */
const MAX_DEPTH = 100;

/** The document as it is stored: with an `_id` that may be one, in front. */
export function storable(raw: Uint8Array): { bytes: Buffer; document: Document } {
  const document = decode(raw);
  if (Object.keys(document)[0] === '_id') {
    checkStored(document, raw.byteLength);
    return { bytes: bufferOf(raw), document };
  }
  const complete: Document = { _id: new ObjectId(), ...document };
  const id = elements({ _id: complete._id as unknown });
  const bytes = join([id, pick(bufferOf(raw), (name) => name !== '_id').subarray(4, -1)]);
  checkStored(complete, bytes.length);
  return { bytes, document: complete };
}

/** @throws CommandError where a document may not be stored */
export function checkStored(document: Document, bytes: number): void {
  if (bytes > MAX_DOCUMENT_BYTES)
    throw new CommandError(
      'BSONObjectTooLarge',
      `BSONObj size: ${bytes} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}`,
    );
  const id: unknown = document._id;
  if (Array.isArray(id)) throw new CommandError('InvalidIdField', `The '_id' value cannot be of type array`);
  if (!isWithin(document, MAX_DEPTH))
    throw new CommandError('Overflow', `Document exceeds maximum nesting depth of ${MAX_DEPTH}`);
  const dollar = Object.keys(document).find((name) => name.startsWith('$'));
  if (dollar)
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' is not valid for storage.`,
    );
}

/** Whether a document or array has no more levels than these, itself among them. */
function isWithin(value: Document | unknown[], levels: number): boolean {
  if (levels === 0) return false;
  for (const inner of Array.isArray(value) ? value : (Object.values(value) as unknown[])) {
    if (typeof inner !== 'object' || inner === null) continue;
    if ((Array.isArray(inner) || isDocument(inner)) && !isWithin(inner, levels - 1)) return false;
  }
  return true;
}
