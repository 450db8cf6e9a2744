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
  const script = join(__dirname, '../../dist/auth/hash-password.js');
  const child = spawn(process.execPath, [script, ...args], { stdio: 'pipe' });
  // It may end without reading what it is sent.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), ended]);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('npm run hash-password', () => {
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
    ['an empty name', 'x\n', [''], /NAME/],
    ['two names', 'x\n', ['a', 'b'], /one NAME/],
    ['an unknown option', 'x\n', ['--cost'], /--cost/],
  ])('refuses %s', async (_what, input, args, reason) => {
    const { code, stdout, stderr } = await run(input, ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('explains itself', async () => {
    const { code, stdout } = await run('', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('HEARTBEAT_USERS_FILE');
  });
});
