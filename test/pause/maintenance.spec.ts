import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, type Expected, create, expectAnswer, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { KeepingLogger } from '../support/log';
import { cheapHash } from '../support/users-file';

const PATH = '/api/v2/heartbeat-maintenance';
const done = (verb: 'created' | 'updated' | 'removed', id: string): Expected => [
  200,
  { name: `maintenance ${verb}`, description: id },
];
const notFound = (id: string): Expected => [404, { description: 'maintenance not found', name: id }];
const INVALID: Expected = [400, { name: '', description: 'invalid maintenance payload.' }];
const DENIED: Expected = [403, { name: '', description: 'permission denied.' }];
const ONCE = {
  name: 'new disks',
  pattern: { component: 'nowhere' },
  from: 4_102_444_800,
  to: 4_102_448_400.5,
};
const WEEKLY = { name: 'backup', cron: '30 2 * * SUN', timezone: 'Europe/Paris', duration: '3h' };

describe.each<HttpFramework>(['fastify', 'express'])('maintenance windows on %s', (framework) => {
  let app: TestApplication;
  let logger: KeepingLogger;
  let directory: string;

  beforeAll(async () => {
    logger = new KeepingLogger();
    directory = await makeDirectory();
    const HEARTBEAT_USERS_FILE = join(directory, 'users');
    const hash = await cheapHash('root');
    const users = [
      'root',
      ...['create', 'read', 'update', 'delete'].map((right) => `${right}:rights=${right}`),
    ];
    await writeFile(HEARTBEAT_USERS_FILE, users.map((user) => user.replace(/:|$/, `:${hash}$&`)).join('\n'));
    app = await startTestApplication({ framework, logger, env: { HEARTBEAT_USERS_FILE } });
  });
  afterAll(() => Promise.all([app?.close(), removeDirectory(directory)]));
  afterEach(async () => {
    const { json } = await app.request('GET', PATH);
    for (const { _id } of json as { _id: string }[]) await app.request('DELETE', `${PATH}/${_id}`);
  });

  const add = async (json: unknown): Promise<string> => {
    const answer = await app.request('POST', PATH, { json });
    const { description } = answer.json as { description: string };
    expectAnswer(answer, done('created', description));
    expect(answer.headers.get('location')).toBe(`${PATH}/${description}`);
    return description;
  };
  const read = (id: string): Promise<Answer> => app.request('GET', `${PATH}/${id}`);

  it('are created, read, replaced, listed and removed', async () => {
    const id = await add({ ...ONCE, cron: null });
    const seconds = expect.any(Number) as number;
    const first = {
      _id: id,
      ...ONCE,
      created: seconds,
      updated: seconds,
      next: { from: ONCE.from, to: ONCE.to },
    };
    expectAnswer(await read(id), [200, first]);
    const other = await add(WEEKLY);
    const next = { from: seconds, to: seconds };
    const second = { _id: other, pattern: null, ...WEEKLY, created: seconds, updated: seconds, next };
    const listed = (await app.request('GET', PATH)).json as { _id: string }[];
    expect(listed.sort((a) => (a._id === id ? -1 : 1))).toStrictEqual([first, second]);
    const answer = await app.request('PUT', `${PATH}/${id}`, {
      // With what it was answered with, as a client sends back what it has read.
      json: { ...first, ...WEEKLY, from: null, to: null, timezone: null, pattern: null },
    });
    expectAnswer(answer, done('updated', id));
    expect(answer.headers.get('location')).toBe(`${PATH}/${id}`);
    expectAnswer(await read(id), [200, { ...second, _id: id, timezone: 'UTC' }]);
    expectAnswer(
      await app.request('PUT', `${PATH}/${id}`, { json: { ...ONCE, from: 1, to: 2 } }),
      done('updated', id),
    );
    expectAnswer(await read(id), [200, { ...first, from: 1, to: 2, next: null }]);
    expectAnswer(await app.request('DELETE', `${PATH}/${id}`), done('removed', id));
    for (const method of ['GET', 'DELETE'])
      expectAnswer(await app.request(method, `${PATH}/${id}`), notFound(id));
    expectAnswer(await app.request('PUT', `${PATH}/${id}`, { json: ONCE }), notFound(id));
  });

  it('pause their heartbeats before the answer, and end with it', async () => {
    const id = await create(app, heartbeat({ pattern: { connector: 'c', component: 'nowhere' } }));
    const other = await create(app);
    const state = async (of: string): Promise<unknown> =>
      (await app.request('GET', `${HEARTBEATS}/${of}/state`)).json;
    const window = await add({ ...ONCE, from: 1 });
    expect(await state(id)).toMatchObject({
      ...{ state: 'paused', deadline: ONCE.to, reason: 'maintenance: new disks' },
    });
    expect(await state(other)).toMatchObject({ state: 'waiting' });
    await app.request('PUT', `${PATH}/${window}`, { json: { ...ONCE, from: 1, pattern: null, name: 'all' } });
    expect(await state(other)).toMatchObject({ state: 'paused', reason: 'maintenance: all' });
    await app.request('DELETE', `${PATH}/${window}`);
    for (const each of [id, other]) expect(await state(each)).toMatchObject({ state: 'waiting' });
  });

  it.each([
    [[], 'the body must be an object'],
    [{ ...ONCE, name: undefined }, 'name must be a text'],
    [{ ...ONCE, Pattern: {} }, /^there is no field Pattern: a window has name, pattern, from/],
    [{ ...ONCE, name: '' }, 'name must have 1 to 255 characters'],
    [{ ...ONCE, name: 'x'.repeat(256) }, 'name must have 1 to 255 characters'],
    [{ ...ONCE, name: '\ud800' }, 'name must be a text without half a surrogate pair'],
    [{ ...ONCE, pattern: {} }, 'pattern must have at least one key'],
    [{ ...ONCE, pattern: { 'a.b': 'c' } }, /^pattern key "a\.b" must not/],
    [{ ...ONCE, pattern: { a: 'x'.repeat(4_096) } }, 'pattern must have at most 4096 bytes as JSON'],
    [{ name: 'x' }, 'from and to, or cron, timezone and duration: a window has either'],
    [{ ...ONCE, ...WEEKLY }, 'from and to, or cron, timezone and duration: a window has either'],
    [{ ...ONCE, from: '1' }, 'from must be a time in unix seconds'],
    [{ ...ONCE, to: undefined }, 'to must be a time in unix seconds'],
    [{ ...ONCE, to: ONCE.to * 1_000 }, 'to must be a time in unix seconds'],
    [{ ...ONCE, to: ONCE.from }, 'to must be later than from'],
    [{ ...WEEKLY, cron: '0 0 2 * * SUN' }, /^cron must have five fields/],
    [{ ...WEEKLY, cron: undefined }, /^cron must be a text/],
    [{ ...WEEKLY, cron: '0 25 * * SUN' }, /^cron must be numbers, names/],
    [{ ...WEEKLY, timezone: 'Europe/Nowhere' }, 'timezone must be the name of a time zone, as Europe/Paris'],
    [{ ...WEEKLY, duration: '3d' }, /^duration must be a whole number above 0 with s, m or h/],
    [
      { ...WEEKLY, cron: '* 2 * 3 SUN#L', timezone: 'Europe/Paris' },
      'cron must have a time that comes in its zone, within 11 years',
    ],
    [
      { ...WEEKLY, duration: '168h' },
      'duration must be shorter than the time from one beginning to the next',
    ],
  ])('are refused for %.60j', async (json, problem) => {
    const id = await add(ONCE);
    for (const [method, path] of [
      ['POST', PATH],
      ['PUT', `${PATH}/${id}`],
    ] as const) {
      const answer = await app.request(method, path, { json });
      expectAnswer(answer, INVALID);
      expect(answer.headers.get('problem')).toMatch(problem);
    }
    expect((await app.request('GET', PATH)).json).toMatchObject([{ _id: id, ...ONCE }]);
  });

  it('are JSON, and need the right of their method', async () => {
    const headers = { 'content-type': 'application/json' };
    expectAnswer(await app.request('POST', PATH, { body: '{', headers }), ERRORS.invalidJson);
    expectAnswer(await app.request('POST', PATH), INVALID);
    const id = await add(ONCE);
    for (const [method, path, right] of [
      ['GET', PATH, 'read'],
      ['GET', `${PATH}/${id}`, 'read'],
      ['POST', PATH, 'create'],
      ['PUT', `${PATH}/${id}`, 'update'],
      ['DELETE', `${PATH}/${id}`, 'delete'],
    ] as const) {
      const json = method === 'POST' || method === 'PUT' ? ONCE : undefined;
      expectAnswer(await app.request(method, path, { json, auth: null }), ERRORS.unauthenticated);
      for (const user of ['create', 'read', 'update', 'delete'].filter((name) => name !== right))
        expectAnswer(await app.request(method, path, { json, auth: `${user}:root` }), DENIED);
      expect((await app.request(method, path, { json, auth: `${right}:root` })).status).toBe(200);
    }
    const log = JSON.stringify(logger.entries);
    for (const [user, action] of [
      ['update', 'updated'],
      ['delete', 'removed'],
    ])
      expect(log).toContain(`"user":"${user}","action":"${action}","maintenance":"${id}"`);
  });
});
