import { InvalidHashError, parsePhc, type ScryptHash } from './scrypt-hash';

/** The file cannot be used; `problems` names every bad line by its number, never by its content. */
export class UsersFileError extends Error {
  override readonly name = 'UsersFileError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Tells whether a line of a users file can hold this name. */
export function isUserName(name: string): boolean {
  return /^[^#:\r\n][^:\r\n]*$/.test(name) && name.trim() === name;
}

/**
 * Reads the text of a users file: a line each, `name:` and a scrypt hash in PHC format; blank lines and lines
 * that start with `#` are skipped, white space around a line too.
 *
 * @returns name → hash, at least one.
 * @throws UsersFileError with all that is wrong, a duplicate name and a file without users included.
 */
export function parseUsersFile(text: string): ReadonlyMap<string, ScryptHash> {
  const users = new Map<string, ScryptHash>();
  const problems: string[] = [];
  // trim() also takes the byte order mark that some editors put at the start.
  for (const [index, line] of text.split('\n').entries()) {
    const problem = addUser(users, line.trim());
    if (problem !== undefined) {
      problems.push(`line ${index + 1}: ${problem}`);
    }
  }
  if (users.size === 0 && problems.length === 0) {
    problems.push('there is no user in it');
  }
  if (problems.length > 0) {
    throw new UsersFileError(problems);
  }
  return users;
}

function addUser(users: Map<string, ScryptHash>, line: string): string | undefined {
  if (line === '' || line.startsWith('#')) {
    return undefined;
  }
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  if (!isUserName(name)) {
    return 'it should be a name, a colon and a hash, without spaces between';
  }
  if (users.has(name)) {
    return 'an earlier line has the same name';
  }
  try {
    users.set(name, parsePhc(line.slice(colon + 1)));
    return undefined;
  } catch (error) {
    if (error instanceof InvalidHashError) {
      return `the hash is invalid: ${error.message}`;
    }
    throw error;
  }
}
