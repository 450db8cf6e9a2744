import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { checkKey, formatKeyHash, newAuthenticationKey } from './authentication-key';
import { formatPhc, hashPassword } from './scrypt-hash';
import { isUserName, keySecret, userLine } from './users-file';

const HELP = `Usage: npm run --silent hash-password -- [NAME] [--read-only]
       npm run --silent hash-password -- NAME --key [--existing] [--read-only]

Reads a password from standard input, one line, and prints its scrypt hash in PHC format.
On a terminal it asks twice and shows nothing of what is typed.
With NAME it prints "NAME:hash", a line for the file that HEARTBEAT_USERS_FILE names.

  --key        makes a random authentication key of 256 bits instead, for the header x-canopsis-authkey:
               the key goes to standard error, once, and the line for the file to standard output
  --existing   reads the key from standard input instead of making one; at least 32 characters
  --read-only  whoever comes with this password or key may only read
  --help       shows this text
`;

/** A reason to print nothing; the message is for the person at the terminal. */
class RefusedError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean' },
      key: { type: 'boolean', default: false },
      existing: { type: 'boolean', default: false },
      'read-only': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const { key, existing, 'read-only': readOnly } = values;
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (positionals.length > 1) {
    throw new RefusedError('give one NAME at most');
  }
  const [name] = positionals;
  if (name !== undefined && !isUserName(name)) {
    throw new RefusedError(
      'NAME cannot be empty, hold a colon or a line break, start with # or have spaces around it',
    );
  }
  if (name === undefined && (key || readOnly)) {
    throw new RefusedError('give a NAME too: --key and --read-only are for a whole line');
  }
  if (existing && !key) {
    throw new RefusedError('--existing belongs to --key');
  }
  const secret = key ? keySecret(await keyHash(existing)) : await passwordHash();
  process.stdout.write(`${name === undefined ? secret : userLine(name, secret, readOnly)}\n`);
}

async function passwordHash(): Promise<string> {
  const password = await readSecret();
  if (password === '') {
    throw new RefusedError('the password is empty');
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
    throw new RefusedError('the password or key is not UTF-8 text');
  }
  const line = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (/[\r\n]/.test(line)) {
    throw new RefusedError('the password or key has more than one line');
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
      throw new RefusedError('nothing was given');
    }
    return answer.value;
  };
  try {
    const password = await ask('Password or key: ');
    if (password !== '' && (await ask('Again: ')) !== password) {
      throw new RefusedError('the two differ');
    }
    return password;
  } finally {
    lines.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
