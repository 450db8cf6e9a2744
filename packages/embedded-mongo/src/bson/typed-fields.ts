import { Double, type Document } from 'bson';
import { CommandError } from '../errors';
import { isDocument } from './values';

/** A whole number from 0 on; `fallback` where there is none. @throws CommandError TypeMismatch, BadValue */
export function wholeNumber(body: Document, name: string, fallback: number): number {
  const value: unknown = body[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' && typeof value !== 'bigint' && !(value instanceof Double))
    throw new CommandError('TypeMismatch', `BSON field '${name}' is the wrong type, expected a number`);
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0)
    throw new CommandError('BadValue', `BSON field '${name}' must be a whole number from 0 on`);
  return number;
}

/** A sub-document; an empty one where there is none. @throws CommandError TypeMismatch */
export function subDocument(body: Document, name: string): Document {
  const value: unknown = body[name] ?? {};
  if (!isDocument(value))
    throw new CommandError('TypeMismatch', `BSON field '${name}' is the wrong type, expected an object`);
  return value;
}

/** A list of sub-documents; an empty one where there is none. @throws CommandError TypeMismatch */
export function documentList(body: Document, name: string): Document[] {
  const value: unknown = body[name] ?? [];
  if (!Array.isArray(value) || !value.every(isDocument))
    throw new CommandError(
      'TypeMismatch',
      `BSON field '${name}' is the wrong type, expected an array of objects`,
    );
  return value;
}
