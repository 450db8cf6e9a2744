import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

/** What a derivation costs: memory 128·2^ln·r bytes, time in proportion to 2^ln·r·p (RFC 7914). */
export interface ScryptCost {
  /** Binary logarithm of scrypt's N. */
  readonly ln: number;
  /** Block size. */
  readonly r: number;
  /** Parallelization; computed one after the other here. */
  readonly p: number;
}

/** A password's scrypt hash with all that is needed to check a password against it. */
export interface ScryptHash extends ScryptCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** The text is not a scrypt hash that may be used; the message says why and never quotes the text. */
export class InvalidHashError extends Error {
  override readonly name = 'InvalidHashError';
}

/**
 * The cost of new hashes: of the settings that the OWASP Password Storage Cheat Sheet holds to be equally strong, the
 * one that takes the least memory (16 MiB), because the derivations run inside the serving process.
 */
export const DEFAULT_COST: ScryptCost = { ln: 14, r: 8, p: 5 };
export const SALT_BYTES = 16;
export const HASH_BYTES = 32;

const MIN_LN = 10;
const MIN_R = 8;
/** 2^ln·r·p; with p = 1 this is 256 MiB of memory, and in any case one or two seconds. */
const MAX_WORK = 2 ** 21;
const COST_RULE = `it needs ln of at least ${MIN_LN}, r of at least ${MIN_R}, p of at least 1, and 2^ln·r·p of at most 2^21`;

const PHC =
  /^\$scrypt\$ln=([1-9]\d{0,8}),r=([1-9]\d{0,8}),p=([1-9]\d{0,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/**
 * Reads a hash in the PHC string format, `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`, salt (8 to 64 bytes) and hash
 * (16 to 64 bytes) in base64 without padding.
 *
 * @throws InvalidHashError when it has another form, or parameters that are too weak or too costly to be meant.
 */
export function parsePhc(text: string): ScryptHash {
  const match = PHC.exec(text);
  if (!match) {
    throw new InvalidHashError('it does not have the form $scrypt$ln=…,r=…,p=…$salt$hash');
  }
  const [, logN, blocks, threads, salt = '', hash = ''] = match;
  const [ln, r, p] = [Number(logN), Number(blocks), Number(threads)];
  if (ln < MIN_LN || r < MIN_R || 2 ** ln * r * p > MAX_WORK) {
    throw new InvalidHashError(`the scrypt parameters are out of bounds: ${COST_RULE}`);
  }
  return { ln, r, p, salt: decode('salt', salt, 8), hash: decode('hash', hash, 16) };
}

/** Writes a hash in the PHC string format, the inverse of {@link parsePhc}. */
export function formatPhc({ ln, r, p, salt, hash }: ScryptHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${encode(salt)}$${encode(hash)}`;
}

/** Hashes a password with a fresh random salt; the password is taken as its UTF-8 bytes, unnormalized. */
export async function hashPassword(password: string, cost: ScryptCost = DEFAULT_COST): Promise<ScryptHash> {
  const salt = randomBytes(SALT_BYTES);
  return { ...cost, salt, hash: await derive(password, salt, HASH_BYTES, optionsOf(cost)) };
}

/**
 * Tells whether the password is the one that was hashed; derives a key (in the thread pool) and compares in
 * constant time.
 */
export async function verifyPassword(expected: ScryptHash, password: string): Promise<boolean> {
  const actual = await derive(password, expected.salt, expected.hash.length, optionsOf(expected));
  return timingSafeEqual(actual, expected.hash);
}

function optionsOf({ ln, r, p }: ScryptCost): ScryptOptions {
  const N = 2 ** ln;
  // OpenSSL refuses to use more than maxmem, 32 MiB by default; it counts two blocks more than RFC 7914 does.
  return { N, r, p, maxmem: 128 * r * (N + p + 2) };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function decode(what: string, text: string, minBytes: number): Buffer {
  const bytes = Buffer.from(text, 'base64');
  // Text that encodes back to something else is a damaged copy.
  if (encode(bytes) !== text || bytes.length < minBytes || bytes.length > 64) {
    throw new InvalidHashError(`the ${what} is not base64 without padding of ${minBytes} to 64 bytes`);
  }
  return bytes;
}
