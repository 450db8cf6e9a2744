import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpFramework } from '../../src/http/adapters';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, notFound, read } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { KeepingLogger } from '../support/log';
import { cheapHash } from '../support/users-file';

const done = (verb: 'paused' | 'resumed', id: string) =>
  [200, { name: `heartbeat ${verb}`, description: id }] as const;
const INVALID = [400, { name: '', description: 'invalid pause payload.' }] as const;
const DENIED = [403, { name: '', description: 'permission denied.' }] as const;

describe.each<HttpFramework>(['fastify', 'express'])('pauses on %s', (framework) => {
  let app: TestApplication;
  let logger: KeepingLogger;
  let directory: string;

  beforeAll(async () => {
    logger = new KeepingLogger();
    directory = await makeDirectory();
    const HEARTBEAT_USERS_FILE = join(directory, 'users');
    const hash = await cheapHash('root');
    const users = [
      `root:${hash}`,
      `changer:${hash}:rights=update`,
      `other:${hash}:rights=create,read,delete,event`,
    ];
    await writeFile(HEARTBEAT_USERS_FILE, users.join('\n'));
    app = await startTestApplication({ framework, logger, env: { HEARTBEAT_USERS_FILE } });
  });
  afterAll(() => Promise.all([app?.close(), removeDirectory(directory)]));

  const pathOf = (id: string): string => `${HEARTBEATS}/${id}/pause`;
  const state = async (id: string): Promise<Record<string, unknown>> =>
    (await app.request('GET', `${HEARTBEATS}/${id}/state`)).json as Record<string, unknown>;
  const later = (): number => Math.floor(Date.now() / 1_000) + 3_600;

  it('are shown in all calls for states, and nowhere in the heartbeat', async () => {
    const id = await create(app, heartbeat({ expected_interval: '1h' }));
    const before = await read(app, id);
    const until = later();
    const json = { until, reason: 'new disks' };
    expectAnswer(await app.request('PUT', pathOf(id), { json }), done('paused', id));
    expect(await state(id)).toMatchObject({ state: 'paused', deadline: until, reason: 'new disks' });
    const { updated } = await read(app, id);
    expect(await read(app, id)).toStrictEqual({ ...before, updated });
    const listed = await app.request('GET', '/api/v2/heartbeat-state?state=paused');
    expect(listed.json).toMatchObject([{ _id: id, state: 'paused', reason: 'new disks' }]);
    const overview = await app.request('GET', '/api/v2/heartbeat-overview?state=paused');
    expect(overview.json).toMatchObject({
      data: [{ _id: id, deadline: until }],
      meta: { counts: { paused: 1 } },
    });
    expectAnswer(await app.request('DELETE', pathOf(id)), done('resumed', id));
    expect(await state(id)).toMatchObject({ state: 'waiting' });
    expect(await state(id)).not.toHaveProperty('reason');
  });

  it('end with the next one, and can be ended more than once', async () => {
    const id = await create(app, heartbeat({ expected_interval: '1h' }));
    expectAnswer(await app.request('DELETE', pathOf(id)), done('resumed', id));
    expectAnswer(await app.request('PUT', pathOf(id), { json: {} }), done('paused', id));
    expect(await state(id)).toMatchObject({ state: 'paused', deadline: null });
    const longest = { reason: '😀'.repeat(1_000) };
    expectAnswer(await app.request('PUT', pathOf(id), { json: longest }), done('paused', id));
    const until = later() + 0.5;
    expectAnswer(await app.request('PUT', pathOf(id), { json: { until, reason: null } }), done('paused', id));
    expect(await state(id)).toMatchObject({ state: 'paused', deadline: until });
    await app.request('POST', `${HEARTBEATS}/${id}/ping`);
    expect(await state(id)).toMatchObject({ state: 'paused', last_event: expect.any(Number) as number });
    for (let times = 0; times < 2; times += 1) {
      expectAnswer(await app.request('DELETE', pathOf(id)), done('resumed', id));
      expect(await state(id)).toMatchObject({ state: 'up' });
    }
  });

  it.each([
    [[], 'the body must be an object'],
    [{ until: 1 }, 'until must be in the future'],
    [{ Until: 1 }, 'there is no field Until: a pause has until and reason'],
    [{ until: '2100-01-01' }, 'until must be a time in unix seconds, or null'],
    [{ until: 4_102_444_800_000 }, 'until must be a time in unix seconds, or null'],
    [{ until: true }, 'until must be a time in unix seconds, or null'],
    [{ reason: 7 }, 'reason must be a text'],
    [{ reason: 'x'.repeat(1_001) }, 'reason must have at most 1000 characters'],
    [{ reason: '\ud800' }, 'reason must not hold half a surrogate pair'],
  ])('are refused for %.60j', async (json, problem) => {
    const id = await create(app, heartbeat({ expected_interval: '1h' }));
    const answer = await app.request('PUT', pathOf(id), { json });
    expectAnswer(answer, INVALID);
    expect(answer.headers.get('problem')).toBe(problem);
    expect(await state(id)).toMatchObject({ state: 'waiting' });
  });

  it('are of heartbeats that are there, and in JSON', async () => {
    expectAnswer(await app.request('PUT', pathOf('none'), { json: {} }), notFound('none'));
    expectAnswer(await app.request('DELETE', pathOf('none')), notFound('none'));
    const id = await create(app);
    const headers = { 'content-type': 'application/json' };
    expectAnswer(await app.request('PUT', pathOf(id), { body: '{', headers }), ERRORS.invalidJson);
    expectAnswer(await app.request('PUT', pathOf(id)), INVALID);
  });

  it('need the right to change, and are written to the log', async () => {
    const id = await create(app, heartbeat({ expected_interval: '1h' }));
    for (const method of ['PUT', 'DELETE']) {
      const json = method === 'PUT' ? {} : undefined;
      expectAnswer(await app.request(method, pathOf(id), { json, auth: null }), ERRORS.unauthenticated);
      expectAnswer(await app.request(method, pathOf(id), { json, auth: 'other:root' }), DENIED);
    }
    expect(await state(id)).toMatchObject({ state: 'waiting' });
    const auth = 'changer:root';
    expectAnswer(await app.request('PUT', pathOf(id), { json: {}, auth }), done('paused', id));
    expectAnswer(await app.request('DELETE', pathOf(id), { auth }), done('resumed', id));
    const log = JSON.stringify(logger.entries);
    for (const action of ['paused', 'resumed'])
      expect(log).toContain(`"user":"changer","action":"${action}","heartbeat":"${id}"`);
  });
});
