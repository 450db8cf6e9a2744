import { hash } from 'node:crypto';
import { isJsonObject } from '../util/json-object';

/** What an event must carry: the names of its fields, and their values as text. */
export type Pattern = Record<string, string>;

/** The keys that a pattern may have: a document database cannot hold the others safely. */
export const PATTERN_KEY = /^(?!__proto__$)[^$.\0][^.\0]*$/;

/**
 * Whether this can be a heartbeat's pattern: a non-empty object whose keys and values are all strings, no key empty,
 * `__proto__`, with `.` or NUL in it, or with `$` before it (contract, "A valid body" 2). Texts with half a surrogate
 * pair are refused too: UTF-8, and so the database, cannot hold them.
 */
export function isPattern(value: unknown): value is Pattern {
  if (!isJsonObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => isKey(key) && isText((value as Pattern)[key]));
}

/** So much of a key is shown where something is wrong with it. */
const SHOWN = 60;

/** The longest pattern that is taken, as JSON in UTF-8: the state, each alarm and the memory of every engine hold it again. */
export const MAX_PATTERN_BYTES = 64 * 1024;

/** Whether this can be the pattern of a heartbeat that is written. What is stored already may be longer. */
export const isNewPattern = (value: unknown): value is Pattern =>
  isPattern(value) && Buffer.byteLength(JSON.stringify(value)) <= MAX_PATTERN_BYTES;

/**
 * What keeps this from being the pattern of a heartbeat that is written; undefined where nothing does.
 * @returns what follows the word `pattern`: `must be an object`
 */
export function patternProblem(value: unknown): string | undefined {
  if (isNewPattern(value)) return undefined;
  if (!isJsonObject(value)) return 'must be an object';
  const entries = Object.entries(value);
  if (entries.length === 0) return 'must have at least one key';
  const [key, text] = entries.find(([name, given]) => !(isKey(name) && isText(given))) ?? [];
  if (key === undefined) return `must have at most ${MAX_PATTERN_BYTES} bytes as JSON`;
  const named = JSON.stringify(key.slice(0, SHOWN));
  return isKey(key)
    ? `key ${named} must have a text${typeof text === 'string' ? ' without half a surrogate pair' : ''}`
    : `key ${named} must not be empty or __proto__, begin with $, or hold a dot, NUL or half a surrogate pair`;
}

/** Whether this is a string that UTF-8 can hold. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

const isKey = (key: string): boolean => PATTERN_KEY.test(key) && key.isWellFormed();

/**
 * A text that two patterns share exactly if they have the same keys with the same values, in whatever order they
 * were written. JSON's quoting makes it unambiguous.
 */
export const canonicalForm = (pattern: Readonly<Pattern>): string =>
  JSON.stringify(
    Object.keys(pattern)
      .sort()
      .map((key) => [key, pattern[key]]),
  );

/** What the unique index holds: SHA-256 of the canonical form in base64url, since patterns may be a megabyte long. */
export const patternKey = (pattern: Readonly<Pattern>): string =>
  hash('sha256', canonicalForm(pattern), 'base64url');
