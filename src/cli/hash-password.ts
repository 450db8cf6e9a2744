import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { checkKey, formatKeyHash, newAuthenticationKey } from '../auth/authentication-key';
import { CONTROL_CHARACTER } from '../auth/basic-header';
import { formatPhc, hashPassword } from '../auth/scrypt-hash';
import { isUserName, keySecret, readOnlyMark, rightsMark, userLine } from '../auth/users-file';
import type { HashPasswordOptions } from './command-line';

/** What was given is no password, key or name that can be used; the message says why. */
export class SecretInputError extends Error {
  override readonly name = 'SecretInputError';
}

/**
 * Prints the hash of a password or key from standard input, or of a new key: alone, or as a line of the users file.
 *
 * @throws SecretInputError
 */
export async function printHash(options: HashPasswordOptions): Promise<void> {
  const { user, key, existing, readOnly, rights } = options;
  if (user !== undefined && !isUserName(user)) {
    throw new SecretInputError(
      'NAME cannot be empty, hold a colon or a control character, start with # or have spaces around it',
    );
  }
  if (user === undefined && (key || readOnly || rights !== undefined)) {
    throw new SecretInputError('give a NAME too: --key, --read-only and --rights are for a whole line');
  }
  if (readOnly && rights !== undefined) {
    throw new SecretInputError('give --read-only or --rights, not both');
  }
  const mark = rights === undefined ? (readOnly ? readOnlyMark() : '') : rightsMark(rights);
  if (existing && !key) {
    throw new SecretInputError('--existing belongs to --key');
  }
  const secret = key ? keySecret(await keyHash(existing)) : await passwordHash();
  process.stdout.write(`${user === undefined ? secret : userLine(user, secret, mark)}\n`);
}

async function passwordHash(): Promise<string> {
  const password = await readSecret();
  if (password === '') {
    throw new SecretInputError('the password is empty');
  }
  if (CONTROL_CHARACTER.test(password)) {
    throw new SecretInputError(
      'the password holds a control character, with which nobody could log in (RFC 7617)',
    );
  }
  return formatPhc(await hashPassword(password));
}

async function keyHash(existing: boolean): Promise<string> {
  if (existing) {
    const given = await readSecret();
    checkKey(given);
    return formatKeyHash(given);
  }
  const made = newAuthenticationKey();
  // Not where the line goes: that is often the users file.
  process.stderr.write(`${made}\n`);
  return formatKeyHash(made);
}

const readSecret = (): Promise<string> => (process.stdin.isTTY ? askTwice() : readLine());

async function readLine(): Promise<string> {
  const bytes = Buffer.concat((await process.stdin.toArray()) as Buffer[]);
  if (!isUtf8(bytes)) {
    throw new SecretInputError('the password or key is not UTF-8 text');
  }
  const line = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (/[\r\n]/.test(line)) {
    throw new SecretInputError('the password or key has more than one line');
  }
  return line;
}

async function askTwice(): Promise<string> {
  // In terminal mode readline takes over the echo, and this output swallows it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (prompt: string): Promise<string> => {
    process.stderr.write(prompt);
    const answer = await answers.next();
    process.stderr.write('\n');
    if (answer.done) {
      throw new SecretInputError('nothing was given');
    }
    return answer.value;
  };
  try {
    const password = await ask('Password or key: ');
    if (password !== '' && (await ask('Again: ')) !== password) {
      throw new SecretInputError('the two differ');
    }
    return password;
  } finally {
    lines.close();
  }
}
