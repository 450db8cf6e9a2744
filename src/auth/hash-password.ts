import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { formatPhc, hashPassword } from './scrypt-hash';
import { isUserName } from './users-file';

const HELP = `Usage: npm run --silent hash-password [-- NAME]

Reads a password from standard input, one line, and prints its scrypt hash in PHC format.
On a terminal it asks twice and shows nothing of what is typed.
With NAME it prints "NAME:hash", a line for the file that HEARTBEAT_USERS_FILE names.

  --help  shows this text
`;

/** A reason to print nothing; the message is for the person at the terminal. */
class RefusedError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean' } },
    allowPositionals: true,
  });
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
  const password = process.stdin.isTTY ? await askTwice() : await readLine();
  if (password === '') {
    throw new RefusedError('the password is empty');
  }
  const hash = formatPhc(await hashPassword(password));
  process.stdout.write(`${name === undefined ? hash : `${name}:${hash}`}\n`);
}

async function readLine(): Promise<string> {
  const bytes = Buffer.concat((await process.stdin.toArray()) as Buffer[]);
  if (!isUtf8(bytes)) {
    throw new RefusedError('the password is not UTF-8 text');
  }
  const line = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (/[\r\n]/.test(line)) {
    throw new RefusedError('the password has more than one line');
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
      throw new RefusedError('no password was given');
    }
    return answer.value;
  };
  try {
    const password = await ask('Password: ');
    if (password !== '' && (await ask('Again: ')) !== password) {
      throw new RefusedError('the two passwords differ');
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
