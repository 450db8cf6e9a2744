import { parseKeyHash } from './authentication-key';
import { READ_ONLY, RIGHTS, type Right } from './rights';
import { InvalidHashError, parsePhc, type ScryptHash } from './scrypt-hash';
import type { AuthenticatedUser } from './users';

/** What a users file says. */
export interface UserRecords {
  /** Hash of the password by user name. */
  readonly passwords: ReadonlyMap<string, ScryptHash>;
  /** What those may do whose password does not let them do everything, by user name. */
  readonly rights: ReadonlyMap<string, readonly Right[]>;
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
const RIGHTS_MARK = ':rights=';
const NO_RIGHTS = 'none';

/** Words that are no rights; the message says which there are, and quotes nothing. */
export class InvalidRightsError extends Error {
  override readonly name = 'InvalidRightsError';
}

/** Tells whether a line of a users file can hold this name. */
export function isUserName(name: string): boolean {
  return /^[^#:\p{Cc}][^:\p{Cc}]*$/u.test(name) && name.trim() === name;
}

/** Writes a line of a users file. `secret` is the hash of a password, or `key:` and the hash of a key; `mark` says what it lets do. */
export const userLine = (name: string, secret: string, mark = ''): string => `${name}:${secret}${mark}`;

/** What stands at the end of a line whose user may only read. */
export const readOnlyMark = (): string => READ_ONLY_MARK;

/**
 * @param text rights, separated by commas, or `none`
 * @returns what stands at the end of a line whose user has these rights alone
 * @throws InvalidRightsError
 */
export const rightsMark = (text: string): string => {
  parseRights(text);
  return RIGHTS_MARK + text;
};

/** What stands in a line for a key. */
export const keySecret = (keyHash: string): string => KEY_MARK + keyHash;

/**
 * Reads the text of a users file: a line each, `name:` and a scrypt hash in PHC format, or `name:key:` and the hash of a
 * key (`sha256$…`). `:rights=` and some of `create`, `read`, `update`, `delete`, `event`, separated by commas, or `none`, behind
 * either says what whoever comes with it may do; `:read-only` means `:rights=read`, and no mark everything. A user has one
 * password at most, and any number of keys. Blank lines and lines that start with `#` are skipped, white space around a line too.
 *
 * @returns at least one user.
 * @throws UsersFileError with all that is wrong, a second password, a key given twice and a file without users included.
 */
export function parseUsersFile(text: string): UserRecords {
  const records = {
    passwords: new Map<string, ScryptHash>(),
    rights: new Map<string, readonly Right[]>(),
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
  readonly rights: Map<string, readonly Right[]>;
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
  try {
    const { secret, rights } = parseMark(line.slice(colon + 1));
    return secret.startsWith(KEY_MARK)
      ? addKey(records, { name, ...(rights && { rights }) }, secret.slice(KEY_MARK.length))
      : addPassword(records, name, secret, rights);
  } catch (error) {
    if (error instanceof InvalidRightsError) {
      return error.message;
    }
    if (error instanceof InvalidHashError) {
      return `the hash is invalid: ${error.message}`;
    }
    throw error;
  }
}

/** Takes the mark from the end of a line. No hash has a colon in it. */
function parseMark(text: string): { secret: string; rights?: readonly Right[] } {
  if (text.endsWith(READ_ONLY_MARK)) {
    return { secret: text.slice(0, -READ_ONLY_MARK.length), rights: READ_ONLY };
  }
  const at = text.indexOf(RIGHTS_MARK);
  if (at < 0) return { secret: text };
  return { secret: text.slice(0, at), rights: parseRights(text.slice(at + RIGHTS_MARK.length)) };
}

/** @throws InvalidRightsError */
function parseRights(text: string): readonly Right[] {
  if (text === NO_RIGHTS) return [];
  const words = text.split(',');
  const known = RIGHTS.filter((right) => words.includes(right));
  if (known.length !== words.length) {
    throw new InvalidRightsError(
      `the rights should be some of ${RIGHTS.join(', ')}, each once, separated by commas, or ${NO_RIGHTS}`,
    );
  }
  return known;
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
  { passwords, rights }: GrowingRecords,
  name: string,
  text: string,
  its: readonly Right[] | undefined,
): string | undefined {
  if (passwords.has(name)) {
    return 'an earlier line has a password of the same name';
  }
  passwords.set(name, parsePhc(text));
  if (its !== undefined) rights.set(name, its);
  return undefined;
}
