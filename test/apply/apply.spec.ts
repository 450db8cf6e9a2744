import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { V4 } from '../support/canopsis-v4';
import { HEARTBEATS } from '../support/canopsis';
import { type ApiProcess, startApi } from '../support/processes';
import { type Site, makeSite } from '../migration/support/site';

const FILE = `
- _id: lille
  name: Batch of Lille
  description: every quarter of an hour
  author: ops
  pattern: { connector: batch, connector_name: lille }
  expected_interval: 15m
- pattern: { connector: batch, connector_name: paris }
  expected_interval: 1h
`;
const CHANGED = FILE.replace('15m', '20m').replace('connector_name: paris', 'connector_name: rome');

/** Each run of the command is a process, and on the database itself starts an application. */
jest.setTimeout(600_000);

describe('canopsis-heartbeat apply', () => {
  let site: Site;
  let api: ApiProcess | undefined;
  beforeEach(async () => {
    site = await makeSite();
  });
  afterEach(async () => {
    await api?.stop('SIGKILL');
    api = undefined;
    await site.close();
  });

  const file = async (text: string, name = 'heartbeats.yaml'): Promise<string> => {
    await writeFile(site.path(name), text);
    return site.path(name);
  };
  /** @returns the exit code, and what was said, ids that are UUIDs left out */
  const apply = async (text: string, ...options: string[]): Promise<[number | null, string]> => {
    const [code, output] = await site.run('apply', await file(text), ...options);
    return [code, output.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')];
  };
  const lille = 'lille {"connector":"batch","connector_name":"lille"}';
  const paris = 'UUID {"connector":"batch","connector_name":"paris"}';

  /** What is said and done is the same on the database itself and on a running server. */
  async function expectApplied(...where: string[]): Promise<void> {
    // A dry run makes no database.
    if (where.length === 0)
      expect(await apply('[]')).toEqual([0, 'created 0, changed 0, unchanged 0, removed 0\n']);
    const created = `created ${lille}\ncreated {"connector":"batch","connector_name":"paris"}\n`;
    const counts = 'created 2, changed 0, unchanged 0, removed 0\n';
    expect(await apply(FILE, '--dry-run', ...where)).toEqual([2, `${created}dry run: ${counts}`]);
    expect(await apply(FILE, ...where)).toEqual([0, `created ${lille}\ncreated ${paris}\n${counts}`]);
    const unchanged = `unchanged ${lille}\nunchanged ${paris}\n`;
    const none = 'created 0, changed 0, unchanged 2, removed 0\n';
    expect(await apply(FILE, '--dry-run', '--prune', ...where)).toEqual([0, `${unchanged}dry run: ${none}`]);
    expect(await apply(FILE, '--prune', ...where)).toEqual([0, unchanged + none]);
    const rome = '{"connector":"batch","connector_name":"rome"}';
    const lines = [
      `removed ${paris}`,
      `changed ${lille}: expected_interval "15m" -> "20m"`,
      `created UUID ${rome}`,
      'created 1, changed 1, unchanged 0, removed 1',
      '',
    ];
    expect(await apply(CHANGED, '--prune', ...where)).toEqual([0, lines.join('\n')]);
  }

  it('makes the heartbeats of the database those of a file, and says what it did', async () => {
    await expectApplied();
    api = await startApi(site.env);
    const { data } = (await api.request('GET', `${V4}?sort_by=_id&sort=desc`)).json as { data: unknown[] };
    expect(data).toMatchObject([
      { _id: 'lille', name: 'Batch of Lille', expected_interval: '20m', author: 'ops' },
      { pattern: { connector_name: 'rome' }, expected_interval: '1h', name: '' },
    ]);
  });

  it.each(['canopsis-4', 'canopsis-4.3', 'canopsis-3'])(
    'does the same on a running server in %s',
    async (dialect) => {
      api = await startApi({ ...site.env, HEARTBEAT_DIALECT: dialect, HEARTBEAT_USERS: 'ann:p w:d' });
      const { updated } = await applyToRunning(api);
      // What is as it should be was not written.
      const url = api.url.replace('//', '//ann:p%20w%3Ad@');
      await apply(CHANGED, '--url', url);
      expect((await one(api)).updated).toBe(updated);
    },
  );

  async function applyToRunning(running: ApiProcess): Promise<{ updated: number }> {
    const url = running.url.replace('//', '//ann:p%20w%3Ad@');
    if (running.output().includes('canopsis-3')) await apply(CHANGED, '--url', url);
    else await expectApplied('--url', url);
    return one(running);
  }
  const one = async (running: ApiProcess): Promise<{ updated: number }> =>
    (await running.request('GET', `${V4}/lille`, { auth: 'ann:p w:d' })).json as { updated: number };

  it('moves patterns from one heartbeat to another, in whatever order they stand', async () => {
    api = await startApi(site.env);
    const url = api.url.replace('//', '//root:root@');
    const text = (...connectors: string[]): string =>
      connectors
        .map(
          (connector, n) =>
            `- {_id: h${n}, name: n${n}, description: d, author: a, pattern: {c: '${connector}'}, expected_interval: 1h}`,
        )
        .join('\n');
    expect((await apply(text('1', '2', '3'), '--url', url))[0]).toBe(0);
    expect((await apply(text('2', '3', '4'), '--url', url))[0]).toBe(0);
    const { data } = (await api.request('GET', `${V4}?sort_by=_id`)).json as { data: { pattern: object }[] };
    expect(data.map(({ pattern }) => pattern)).toEqual([{ c: '2' }, { c: '3' }, { c: '4' }]);
    // Two that exchange theirs have to be asked for otherwise.
    const [code, said] = await apply(text('3', '2', '4'), '--url', url);
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(
        /failed h0 .+ not changed: the server answered 400: heartbeat pattern already exists/,
      ),
    ]);
    expect(said).toMatch(/created 0, changed 0, unchanged 1, removed 0, failed 2\n$/);
  });

  it('changes nothing where the file is wrong, the server is away, or does not let it', async () => {
    api = await startApi(site.env);
    const url = api.url.replace('//', '//root:root@');
    const wrong = await apply('- {pattern: {a: b}, expected_interval: 1d}', '--url', url);
    expect(wrong).toEqual([1, expect.stringContaining('heartbeat 1: expected_interval must be')]);
    const lacking = await apply('- {_id: x, pattern: {a: b}, expected_interval: 1h}', '--url', url);
    expect(lacking).toEqual([
      1,
      'heartbeat 1: no heartbeat has its _id: to be created with it, it needs name, description, author\n',
    ]);
    const secret = await apply(FILE, '--url', api.url.replace('//', '//root:secret@'));
    expect(secret).toEqual([1, 'the server did not accept the credentials\n']);
    expect(await apply(FILE, '--url', api.url)).toEqual([
      1,
      'the server wants credentials, and none were given: write them into the address (--url http://name:password@host:8082), ' +
        'or name the file of an authentication key (--key-file FILE)\n',
    ]);
    expect(await apply(FILE, '--url', 'ftp://root:secret@x')).toEqual([
      1,
      expect.not.stringContaining('secret'),
    ]);
    const away = await apply(FILE, '--url', 'http://root:secret@127.0.0.1:1');
    expect(away).toEqual([1, 'http://127.0.0.1:1/ cannot be called: connect ECONNREFUSED 127.0.0.1:1\n']);
    expect(away[1]).not.toContain('secret');
    expect((await api.request('GET', HEARTBEATS)).json).toEqual([]);
    expect(await site.run('apply', site.path('nothing'))).toEqual([
      1,
      `${site.path('nothing')} cannot be read: ENOENT: no such file or directory\n`,
    ]);
    if (process.env.MONGODB_URI === undefined)
      expect(await apply(FILE)).toEqual([1, expect.stringContaining('in use')]);
  });

  it('makes nothing in a dry run where there is no data', async () => {
    if (process.env.MONGODB_URI !== undefined) return;
    for (const options of [[], ['--prune']]) {
      const said = `${site.path('data')} holds no data of the embedded MongoDB\n`;
      expect(await apply(FILE, '--dry-run', ...options)).toEqual([1, said]);
    }
    expect(await readdir(site.path(''))).toEqual(['heartbeats.yaml']);
  });

  it('says which right is lacking, and which are needed', async () => {
    const key = (letter: string): string => letter.repeat(40);
    const line = (letter: string, rights: string): string =>
      `${letter}:key:sha256$${createHash('sha256').update(key(letter)).digest('hex')}:rights=${rights}`;
    const users = await file([line('r', 'read'), line('c', 'create')].join('\n'), 'users');
    api = await startApi({ ...site.env, HEARTBEAT_USERS_FILE: users });
    const url = ['--url', api.url, '--key-file'];
    const reader = [...url, await file(key('r'), 'r')];
    const creator = [...url, await file(key('c'), 'c')];
    const lacks = (right: string, needed: string): string =>
      `the server answered 403: the user lacks the right ${right}; needed here: ${needed}\n`;
    expect((await apply(FILE, '--dry-run', ...reader))[0]).toBe(2);
    expect(await apply(FILE, '--dry-run', ...creator)).toEqual([1, lacks('read', 'read')]);
    expect(await apply(FILE, ...creator)).toEqual([1, lacks('read', 'read, create, update')]);
    const [code, said] = await apply(FILE, '--prune', ...reader);
    expect([code, said]).toEqual([
      1,
      expect.stringContaining(`not created: ${lacks('create', 'read, create, update, delete')}`),
    ]);
  });

  it('takes JSON, a key from a file, and standard input', async () => {
    api = await startApi(site.env);
    const url = api.url.replace('//', '//root:root@');
    await site.run('apply', await file(FILE), '--url', url);
    const list = await api.request('GET', HEARTBEATS);
    // What the API lists can be applied as it is.
    const [code, said] = await site.run('apply', await file(list.text, 'list.json'), '--url', url, '--prune');
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/created 0, changed 0, unchanged 2, removed 0\n$/),
    ]);
    const piped = site.start('apply', '-', '--url', url);
    expect((await piped.exited).code).toBe(1);
    expect(piped.output()).toContain('standard input cannot be applied: it must be a list');
    const key = await file('x'.repeat(40), 'key');
    const denied = await site.run('apply', site.path('list.json'), '--url', api.url, '--key-file', key);
    expect(denied).toEqual([1, 'the server did not accept the credentials\n']);
    const both = await site.run('apply', site.path('list.json'), '--url', url, '--key-file', key);
    expect(both).toEqual([1, 'give the credentials in --url, or a key with --key-file, not both\n']);
    expect(await readFile(site.path('list.json'), 'utf8')).toBe(list.text);
  });
});
