import { createServer, Server, Socket } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HEARTBEATS } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { TestProcess, startApi, startProcess } from '../support/processes';

const PASSWORD = 'correct-horse';

describe('the program', () => {
  let dataDir: string;
  const started: TestProcess[] = [];
  beforeEach(async () => {
    dataDir = await makeDirectory();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.stop('SIGKILL')));
    await removeDirectory(dataDir);
  });

  const main = (env: Record<string, string>, ...args: string[]): TestProcess => {
    const child = startProcess(process.execPath, ['dist/main.js', ...args], {
      PORT: '0',
      DATA_DIR: dataDir,
      ...env,
    });
    started.push(child);
    return child;
  };
  const api = async (env: Record<string, string>): Promise<Awaited<ReturnType<typeof startApi>>> => {
    const child = await startApi({ DATA_DIR: dataDir, ...env });
    started.push(child);
    return child;
  };

  it.each(['--help', '-h'])('lists its settings with %s and starts nothing', async (argument) => {
    const child = main({ PORT: 'invalid' }, argument);
    expect(await child.exited).toMatchObject({ code: 0 });
    for (const name of [
      'HOST',
      'PORT',
      'MONGODB_URI',
      'DATA_DIR',
      'HEARTBEAT_DIALECT',
      'HEARTBEAT_USERS',
      'LOG_LEVEL',
    ]) {
      expect(child.output()).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
  });

  it('lists its settings with npm start -- --help', async () => {
    // It is built already; building it again would take it from under the other tests.
    const child = startProcess('npm', ['start', '--ignore-scripts', '--', '--help'], {
      npm_config_cache: dataDir,
    });
    started.push(child);
    expect(await child.exited).toMatchObject({ code: 0 });
    expect(child.output()).toMatch(/^ {2}HEARTBEAT_USERS_FILE /m);
  });

  it('says all that is wrong with its settings at once', async () => {
    const child = main({
      PORT: '65536',
      HEARTBEAT_DIALECT: 'canopsis-5',
      LOG_LEVEL: 'loud',
      HEARTBEAT_USERS: PASSWORD,
    });
    expect(await child.exited).toMatchObject({ code: 1 });
    for (const name of ['PORT', 'HEARTBEAT_DIALECT', 'LOG_LEVEL', 'HEARTBEAT_USERS']) {
      expect(child.output()).toMatch(new RegExp(`^ {2}- ${name} should be `, 'm'));
    }
    expect(child.output()).not.toContain(PASSWORD);
    expect(child.output()).not.toContain('at ');
  });

  it('refuses to listen beyond this machine without users', async () => {
    const child = main({ HOST: '0.0.0.0' });
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(child.output()).toContain('HEARTBEAT_USERS or HEARTBEAT_USERS_FILE should be set');
  });

  it('warns of the documented user where none is set, and only there', async () => {
    const warning = /HEARTBEAT_USERS/;
    expect((await api({})).output()).toMatch(warning);
    const other = join(dataDir, 'other');
    expect((await api({ DATA_DIR: other, HEARTBEAT_USERS: 'a:b' })).output()).not.toMatch(warning);
  });

  it('lets in the users of a file', async () => {
    const hashing = startProcess('sh', ['-c', `printf %s '${PASSWORD}' | node dist/main.js hash-password`]);
    expect(await hashing.exited).toMatchObject({ code: 0 });
    const hash = hashing.output().trim().split('\n').at(-1);
    const file = join(dataDir, 'users');
    await writeFile(file, `# who may call\nadmin:${hash}\n`);
    const child = await api({ HEARTBEAT_USERS_FILE: file, DATA_DIR: join(dataDir, 'mongo') });
    const status = async (auth: string): Promise<number> =>
      (await child.request('GET', HEARTBEATS, { auth })).status;
    expect(await Promise.all([`admin:${PASSWORD}`, 'admin:wrong', 'root:root'].map(status))).toEqual([
      200, 401, 401,
    ]);
  });

  it.each([
    ['is not there', undefined, /users: ENOENT: no such file or directory; `/],
    ['has no user', '', /users: there is no user in it; `/],
    ['has a hash that is none', 'admin:secret-text\n', /users: line 1: the hash is invalid: [^\n]*; `/],
  ])('says in one line that its file of users %s', async (_what, text, problem) => {
    const file = join(dataDir, 'users');
    if (text !== undefined) await writeFile(file, text);
    const child = main({ HEARTBEAT_USERS_FILE: file });
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(child.output()).toMatch(problem);
    expect(child.output()).toContain(`HEARTBEAT_USERS_FILE, ${file}: `);
    expect(child.output()).toContain('; `canopsis-heartbeat hash-password NAME` makes its lines\n');
    expect(child.output()).not.toContain('secret-text');
    expect(child.output()).not.toMatch(/^ +at /m);
  });

  it('says in one line that its data directory is in use, and harms nothing', async () => {
    const first = await api({});
    const second = main({});
    expect(await second.exited).toMatchObject({ code: 1 });
    const [line, ...more] = errorLines(second.output());
    expect([line, more]).toEqual([expect.stringContaining(dataDir), []]);
    expect((await first.request('GET', HEARTBEATS)).status).toBe(200);
  });

  it('says in one line that its port is in use', async () => {
    const taken = await listen();
    const { port } = taken.address() as { port: number };
    const child = main({ PORT: String(port) });
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(errorLines(child.output())).toEqual([
      expect.stringMatching(new RegExp(`PORT ${port} on HOST .* cannot be listened on: .*\\(EADDRINUSE\\)$`)),
    ]);
    expect(troubles(child.output())).toEqual([]);
    await new Promise((resolve) => taken.close(resolve));
  });

  it('says in one line that its address is not this machine’s', async () => {
    const child = main({ HOST: '192.0.2.1', HEARTBEAT_USERS: 'a:b' });
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(errorLines(child.output())).toEqual([
      expect.stringMatching(/PORT \d+ on HOST 192\.0\.2\.1 cannot be listened on: .*\(EADDRNOTAVAIL\)$/),
    ]);
    expect(troubles(child.output())).toEqual([]);
  });

  it('says once, and first, what to do where MongoDB is not there', async () => {
    let calls = 0;
    const nobody = await listen((socket) => {
      calls += 1;
      socket.destroy();
    });
    const { port } = nobody.address() as { port: number };
    const child = await api({ MONGODB_URI: `mongodb://127.0.0.1:${port}/x`, HEARTBEAT_USERS: 'a:b' });
    // Several tries: in the 1.5 s of each a server is called four times at most.
    await eventually(() => expect(calls).toBeGreaterThan(12));
    const said = troubles(child.output());
    expect(said[0]).toMatch(/^no database yet: .*; compare MONGODB_URI with where MongoDB listens$/);
    expect(said).toHaveLength(new Set(said).size);
    await new Promise((resolve) => nobody.close(resolve));
    expect(child.output()).not.toContain('database connection lost');
  });
});

/** What was written besides the log. */
const errorLines = (output: string): string[] =>
  output.split('\n').filter((line) => line !== '' && !/^\[Nest\]|^\{"level":|^\s*at /.test(line));

/** The messages of warnings and errors in the log, but for the one about the documented user. */
const troubles = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{"level":'))
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ level, msg }) => level >= 40 && !msg.startsWith('no users are set'))
    .map(({ msg }) => msg);

const listen = (onConnection?: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(onConnection).listen(0, '127.0.0.1', () => resolve(server));
  });
