import { hash, randomBytes } from 'node:crypto';
import { InvalidHashError } from './scrypt-hash';

/** The header that holds an authentication key, as Node writes its name; Canopsis 4 has it too. */
export const AUTHENTICATION_KEY_HEADER = 'x-canopsis-authkey';

/** 256 bits: nobody guesses such a key, so that one fast hash protects it, and it can be looked up by that hash. */
const KEY_BYTES = 32;
const MIN_KEY_LENGTH = 32;
const MAX_KEY_LENGTH = 256;
const KEY_HASH = /^sha256\$([0-9a-f]{64})$/;

/** A key that may not be used; the message says why and never quotes it. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError';
}

/** A new random key, 43 characters of base64url. */
export const newAuthenticationKey = (): string => randomBytes(KEY_BYTES).toString('base64url');

/**
 * Refuses a key that comes from elsewhere and is too short to be random enough (32 characters hold 128 bits even where they
 * are hexadecimal digits), or that a header cannot hold.
 * @throws InvalidKeyError
 */
export function checkKey(key: string): void {
  if (key.length < MIN_KEY_LENGTH || key.length > MAX_KEY_LENGTH) {
    throw new InvalidKeyError(`the key has not ${MIN_KEY_LENGTH} to ${MAX_KEY_LENGTH} characters`);
  }
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new InvalidKeyError('the key holds more than visible ASCII characters');
}

/** The SHA-256 of a key, in lower-case hex: what is kept of it. */
export const hashOfKey = (key: string): string => hash('sha256', key, 'hex');

/** Writes the hash of a key as the users file has it, the inverse of {@link parseKeyHash}. */
export const formatKeyHash = (key: string): string => `sha256$${hashOfKey(key)}`;

/**
 * Reads `sha256$` and 64 lower-case hexadecimal digits.
 * @returns the digits
 * @throws InvalidHashError when it has another form
 */
export function parseKeyHash(text: string): string {
  const digits = KEY_HASH.exec(text)?.[1];
  if (digits === undefined) {
    throw new InvalidHashError('it does not have the form sha256$ and 64 lower-case hexadecimal digits');
  }
  return digits;
}
