import { parseKeyHash } from './authentication-key';
import { InvalidHashError, parsePhc, type ScryptHash } from './scrypt-hash';
import type { AuthenticatedUser } from './users';

/** What a users file says. */
export interface UserRecords {
  /** Hash of the password by user name. */
  readonly passwords: ReadonlyMap<string, ScryptHash>;
  /** Names of those whose password lets them only read. */
  readonly readOnly: ReadonlySet<string>;
  /** Whom a key lets in, by the SHA-256 of the key in hex. */
  readonly keys: ReadonlyMap<string, AuthenticatedUser>;
}

/** The file cannot be used; `problems` names every bad line by its number, never by its content. */
export class UsersFileError extends Error {
  override readonly name = 'UsersFileError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const KEY_MARK = 'key:';
const READ_ONLY_MARK = ':read-only';

/** Tells whether a line of a users file can hold this name. */
export function isUserName(name: string): boolean {
  return /^[^#:\r\n][^:\r\n]*$/.test(name) && name.trim() === name;
}

/** Writes a line of a users file. `secret` is the hash of a password, or `key:` and the hash of a key. */
export const userLine = (name: string, secret: string, readOnly: boolean): string =>
  `${name}:${secret}${readOnly ? READ_ONLY_MARK : ''}`;

/** What stands in a line for a key. */
export const keySecret = (keyHash: string): string => KEY_MARK + keyHash;

/**
 * Reads the text of a users file: a line each, `name:` and a scrypt hash in PHC format, or `name:key:` and the hash of a
 * key (`sha256$…`). `:read-only` behind either lets whoever comes with it only read. A user has one password at most, and
 * any number of keys. Blank lines and lines that start with `#` are skipped, white space around a line too.
 *
 * @returns at least one user.
 * @throws UsersFileError with all that is wrong, a second password, a key given twice and a file without users included.
 */
export function parseUsersFile(text: string): UserRecords {
  const records = {
    passwords: new Map<string, ScryptHash>(),
    readOnly: new Set<string>(),
    keys: new Map<string, AuthenticatedUser>(),
  };
  const problems: string[] = [];
  // trim() also takes the byte order mark that some editors put at the start.
  for (const [index, line] of text.split('\n').entries()) {
    const problem = addLine(records, line.trim());
    if (problem !== undefined) {
      problems.push(`line ${index + 1}: ${problem}`);
    }
  }
  if (records.passwords.size === 0 && records.keys.size === 0 && problems.length === 0) {
    problems.push('there is no user in it');
  }
  if (problems.length > 0) {
    throw new UsersFileError(problems);
  }
  return records;
}

interface GrowingRecords {
  readonly passwords: Map<string, ScryptHash>;
  readonly readOnly: Set<string>;
  readonly keys: Map<string, AuthenticatedUser>;
}

function addLine(records: GrowingRecords, line: string): string | undefined {
  if (line === '' || line.startsWith('#')) {
    return undefined;
  }
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  if (!isUserName(name)) {
    return 'it should be a name, a colon and a hash, without spaces between';
  }
  const readOnly = line.endsWith(READ_ONLY_MARK);
  const secret = line.slice(colon + 1, readOnly ? -READ_ONLY_MARK.length : undefined);
  try {
    return secret.startsWith(KEY_MARK)
      ? addKey(records, { name, ...(readOnly && { readOnly }) }, secret.slice(KEY_MARK.length))
      : addPassword(records, name, secret, readOnly);
  } catch (error) {
    if (error instanceof InvalidHashError) {
      return `the hash is invalid: ${error.message}`;
    }
    throw error;
  }
}

function addKey({ keys }: GrowingRecords, user: AuthenticatedUser, text: string): string | undefined {
  const hash = parseKeyHash(text);
  if (keys.has(hash)) {
    return 'an earlier line has the same key';
  }
  keys.set(hash, user);
  return undefined;
}

function addPassword(
  { passwords, readOnly }: GrowingRecords,
  name: string,
  text: string,
  readsOnly: boolean,
): string | undefined {
  if (passwords.has(name)) {
    return 'an earlier line has a password of the same name';
  }
  passwords.set(name, parsePhc(text));
  if (readsOnly) readOnly.add(name);
  return undefined;
}
