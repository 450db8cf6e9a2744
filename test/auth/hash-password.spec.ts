import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { HashedUsers } from '../../src/auth/hashed-users';
import { parsePhc, verifyPassword } from '../../src/auth/scrypt-hash';
import { parseUsersFile } from '../../src/auth/users-file';

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command with this on its standard input. */
async function run(input: string | Buffer, ...args: string[]): Promise<Outcome> {
  const script = join(__dirname, '../../dist/main.js');
  const child = spawn(process.execPath, [script, 'hash-password', ...args], { stdio: 'pipe' });
  // It may end without reading what it is sent.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), ended]);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('canopsis-heartbeat hash-password', () => {
  it.each(['s3cret\n', 's3cret', 's3cret\r\n'])('prints the hash of the line %j', async (input) => {
    const { code, stdout, stderr } = await run(input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$\S+\n$/);
    await expect(verifyPassword(parsePhc(stdout.trimEnd()), 's3cret')).resolves.toBe(true);
  });

  it('prints a line for the users file, spaces and all that a password may hold included', async () => {
    const { stdout } = await run(' a:b #é \n', 'rené m');
    const users = new HashedUsers(parseUsersFile(stdout));
    await expect(users.validate('rené m', ' a:b #é ')).resolves.toBe(true);
  });

  it.each([
    ['an empty password', '\n', [], /password is empty/],
    ['no password', '', [], /password is empty/],
    ['a second line', 'one\ntwo\n', [], /more than one line/],
    ['text that is not UTF-8', Buffer.from([0xe9, 0x0a]), [], /not UTF-8/],
    ['a name with a colon', 'x\n', ['a:b'], /NAME/],
    ['a name that begins a comment', 'x\n', ['#a'], /NAME/],
    ['a name with spaces around it', 'x\n', [' a'], /NAME/],
    ['a name with a line break', 'x\n', ['a\nb'], /NAME/],
    ['a name with a tab', 'x\n', ['a\tb'], /NAME/],
    ['a password with a tab', 'a\tb\n', [], /control character/],
    ['an empty name', 'x\n', [''], /NAME/],
    ['two names', 'x\n', ['a', 'b'], /one NAME/],
    ['a short key', `${'x'.repeat(31)}\n`, ['a', '--key', '--existing'], /32 to 256 characters/],
    ['a key with spaces', `${'x '.repeat(31)}\n`, ['a', '--key', '--existing'], /visible ASCII/],
    ['a key for nobody', '', ['--key'], /NAME/],
    ['to read only, for nobody', 'x\n', ['--read-only'], /NAME/],
    ['an existing password', 'x\n', ['a', '--existing'], /--key/],
    ['rights for nobody', 'x\n', ['--rights', 'read'], /NAME/],
    ['rights that there are not', 'x\n', ['a', '--rights', 'write'], /rights should be/],
    ['two marks', 'x\n', ['a', '--rights', 'read', '--read-only'], /not both/],
    ['an unknown option', 'x\n', ['--cost'], /--cost/],
  ])('refuses %s', async (_what, input, args, reason) => {
    const { code, stdout, stderr } = await run(input, ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('makes a key, shows it once beside the line, and the line lets it in', async () => {
    const made = await Promise.all([run('', 'robot', '--key'), run('', 'robot', '--key', '--read-only')]);
    const users = new HashedUsers(parseUsersFile(made.map(({ stdout }) => stdout).join('')));
    const keys = made.map(({ stderr }) => stderr.trimEnd());
    expect(keys.map((key) => users.findByKey(key))).toEqual([
      { name: 'robot' },
      { name: 'robot', rights: ['read'] },
    ]);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(made.map(({ stdout }) => stdout).join('')).not.toContain(keys[0]);
  });

  it('takes a key that there is already, and shows nothing of it', async () => {
    const key = '6d7b0a3e-3c43-4b8e-8f4b-0c3f1d1a9e77';
    const { code, stdout, stderr } = await run(`${key}\n`, 'robot', '--key', '--existing');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(new HashedUsers(parseUsersFile(stdout)).findByKey(key)).toEqual({ name: 'robot' });
  });

  it('marks a password as read-only', async () => {
    const { stdout } = await run('s3cret\n', 'eve', '--read-only');
    const users = new HashedUsers(parseUsersFile(stdout));
    await expect(users.validate('eve', 's3cret')).resolves.toBe(true);
    expect(users.rightsOf('eve')).toEqual(['read']);
  });

  it('marks a password or a key with rights', async () => {
    const { stdout } = await run('s3cret\n', 'eve', '--rights', 'create,event');
    expect(new HashedUsers(parseUsersFile(stdout)).rightsOf('eve')).toEqual(['create', 'event']);
    const made = await run('', 'robot', '--key', '--rights', 'none');
    expect(new HashedUsers(parseUsersFile(made.stdout)).findByKey(made.stderr.trimEnd())).toEqual({
      name: 'robot',
      rights: [],
    });
  });

  it('explains itself', async () => {
    const { code, stdout } = await run('', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('HEARTBEAT_USERS_FILE');
  });
});
