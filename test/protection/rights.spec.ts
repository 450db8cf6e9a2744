import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatKeyHash } from '../../src/auth/authentication-key';
import { RIGHTS, type Right } from '../../src/auth/rights';
import type { HttpFramework } from '../../src/http/adapters';
import { type RequestOptions, TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, type Expected, create, expectAnswer, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { cheapHash } from '../support/users-file';

const DENIED: Expected = [403, { name: '', description: 'permission denied.' }];
const KEY = 'k'.repeat(43);

/** A call, and the status of whoever may make it. */
type Call = readonly [method: string, path: string, request: RequestOptions, status: number];

describe.each<[HttpFramework]>([['fastify'], ['express']])('rights on %s', (framework) => {
  let app: TestApplication;
  let directory: string;
  let id: string;
  beforeAll(async () => {
    directory = await makeDirectory();
    const hash = await cheapHash('x');
    const users = join(directory, 'users');
    const lines = RIGHTS.map((right) => `${right}:${hash}:rights=${right}`);
    lines.push(`root:${await cheapHash('root')}`, `nobody:${hash}:rights=none`);
    lines.push(`nobody:key:${formatKeyHash(KEY)}:rights=create,event`);
    await writeFile(users, lines.join('\n'));
    app = await startTestApplication({ framework, env: { HEARTBEAT_USERS_FILE: users } });
  });
  beforeEach(async () => {
    id = await create(app);
  });
  afterAll(async () => {
    await app.close();
    await removeDirectory(directory);
  });

  const calls = (): [Right, Call[]][] => [
    [
      'read',
      [
        ['GET', HEARTBEATS, {}, 200],
        ['GET', `${HEARTBEATS}?page=1`, {}, 200],
        ['HEAD', HEARTBEATS, {}, 200],
        ['GET', `${HEARTBEATS}/${id}`, {}, 200],
        ['GET', `${HEARTBEATS}/${id}/state`, {}, 200],
        ['GET', '/api/v2/heartbeat-state', {}, 200],
        ['GET', '/api/v2/heartbeat-openapi.json', {}, 200],
        ['GET', '/metrics', {}, 200],
      ],
    ],
    ['create', [['POST', HEARTBEATS, { json: heartbeat() }, 200]]],
    ['update', [['PUT', `${HEARTBEATS}/${id}`, { json: heartbeat() }, 200]]],
    ['delete', [['DELETE', `${HEARTBEATS}/${id}`, {}, 200]]],
    [
      'event',
      [
        ['POST', '/api/v2/event', { json: {} }, 200],
        ['POST', '/api/v2/event/', { json: {} }, 200],
      ],
    ],
  ];

  /** Metrics are no JSON, so not by `app.request`. */
  const status = async ([method, path, { json }]: Call, user: string): Promise<number> => {
    const headers = {
      Authorization: `Basic ${Buffer.from(`${user}:x`).toString('base64')}`,
      'Content-Type': 'application/json',
    };
    const body = json === undefined ? undefined : JSON.stringify(json);
    return (await fetch(app.url + path, { method, headers, body })).status;
  };

  it('let a user make the calls of each right, and no others', async () => {
    for (const [right, those] of calls()) {
      for (const call of those) {
        for (const user of [...RIGHTS.filter((other) => other !== right), 'nobody', right]) {
          const [method, path, , good] = call;
          const expected = user === right ? good : 403;
          expect([user, method, path, await status(call, user)]).toEqual([user, method, path, expected]);
        }
      }
    }
  });

  it('are looked at before the body and the id', async () => {
    const refused: [string, string, RequestOptions][] = [
      ['POST', HEARTBEATS, { body: '{' }],
      ['POST', HEARTBEATS, { body: ' '.repeat(2 * 1024 * 1024) }],
      ['PUT', `${HEARTBEATS}/unknown`, { json: heartbeat() }],
      ['DELETE', `${HEARTBEATS}/unknown`, {}],
      ['GET', `${HEARTBEATS}?page=0`, {}],
      ['POST', '/api/v2/event', { body: '{' }],
      ['PATCH', HEARTBEATS, {}],
    ];
    for (const [method, path, request] of refused)
      expectAnswer(await app.request(method, path, { ...request, auth: 'nobody:x' }), DENIED);
    // However a path is written: Express knows no such route.
    const written = await app.request('POST', '/api/v2/%65vent', { auth: 'create:x', json: {} });
    expect([403, 404]).toContain(written.status);
  });

  it('belong to the line: the key of a user may have others than the password', async () => {
    const key = { auth: null, headers: { 'x-canopsis-authkey': KEY } };
    expect((await app.request('POST', HEARTBEATS, { ...key, json: heartbeat() })).status).toBe(200);
    expect((await app.request('POST', '/api/v2/event', { ...key, json: {} })).status).toBe(200);
    expectAnswer(await app.request('GET', HEARTBEATS, key), DENIED);
    expectAnswer(await app.request('DELETE', `${HEARTBEATS}/${id}`, key), DENIED);
  });

  it('are asked for only where somebody is known', async () => {
    expect((await app.request('POST', HEARTBEATS, { auth: 'nobody:wrong' })).status).toBe(401);
    expect((await app.request('GET', '/health/live', { auth: 'nobody:x' })).status).toBe(200);
    expect((await app.request('GET', '/nowhere', { auth: 'read:x' })).status).toBe(404);
  });
});
