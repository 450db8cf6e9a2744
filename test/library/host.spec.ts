import type { INestApplication } from '@nestjs/common';
import { MongooseModule, getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import {
  HeartbeatEngineModule,
  HeartbeatModule,
  HeartbeatService,
  PlainUsers,
  applyCanopsisFormat,
} from '../../src';
import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, type RequestOptions, send } from '../support/application';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { OpenToAll, startHost } from './host';

const HEARTBEAT = { pattern: { connector: 'c1' }, expected_interval: '10s' };
const REFUSED = { name: '', description: 'authentication required.' };

describe.each<HttpFramework>(['fastify', 'express'])('a host application on %s', (framework) => {
  let databases: TestDatabase[];
  let app: INestApplication;

  beforeAll(async () => {
    databases = [await startTestDatabase(), await startTestDatabase()];
    const [paris, lyon] = databases as [TestDatabase, TestDatabase];
    const users = (name: string): PlainUsers => new PlainUsers(new Map([[name, 'secret']]));
    const decorators = [OpenToAll()];
    const heartbeats = [
      HeartbeatModule.forRoot({ prefix: 'paris', connectionName: 'paris', users: users('anne'), decorators }),
      HeartbeatModule.forRootAsync({
        ...{ prefix: 'lyon/api', connectionName: 'lyon', decorators },
        collections: { heartbeats: 'pulses', states: 'pulse_states', engine: 'pulse_engine' },
        useFactory: () => Promise.resolve({ dialect: 'canopsis-3', users: users('louis') }),
      }),
    ] as const;
    const engines = heartbeats.map((one) => HeartbeatEngineModule.forRoot({ heartbeats: one, tickMs: 20 }));
    app = await startHost(
      framework,
      [
        MongooseModule.forRoot(paris.uri, { connectionName: 'paris' }),
        MongooseModule.forRoot(lyon.uri, { connectionName: 'lyon' }),
        ...heartbeats,
        ...engines,
      ],
      applyCanopsisFormat,
    );
  });
  afterAll(async () => {
    await app.close();
    for (const database of databases) await database.close();
  });

  const call = async (method: string, path: string, options?: RequestOptions): Promise<Answer> =>
    send(await app.getUrl(), method, path, options);
  const anne = { auth: 'anne:secret' };
  const louis = { auth: 'louis:secret' };

  it('describes to each tenant its own calls alone, where they are', async () => {
    for (const [prefix, user] of [
      ['paris', anne],
      ['lyon/api', louis],
    ] as const) {
      const answer = await call('GET', `/${prefix}/heartbeat-openapi.json`, user);
      expect(answer.status).toBe(200);
      expect(Object.keys((answer.json as { paths: object }).paths)).toEqual(
        [
          'event',
          'heartbeat',
          'heartbeat-alarms',
          'heartbeat-changes',
          'heartbeat-events',
          'heartbeat-maintenance',
          'heartbeat-maintenance/{id}',
          'heartbeat-match',
          'heartbeat-openapi.json',
          'heartbeat-overview',
          'heartbeat-session',
          'heartbeat-state',
          'heartbeat/{id}',
          'heartbeat/{id}/past',
          'heartbeat/{id}/pause',
          'heartbeat/{id}/ping',
          'heartbeat/{id}/ping-url',
          'heartbeat/{id}/ping/{token}',
          'heartbeat/{id}/state',
          'v4/account/me',
          'v4/bulk/heartbeats',
          'v4/event',
          'v4/heartbeats',
          'v4/heartbeats/{id}',
        ].map((path) => `/${prefix}/${path}`),
      );
    }
    expect((await call('GET', '/paris/heartbeat-openapi.json', louis)).json).toEqual(REFUSED);
    expect((await call('DELETE', '/paris/heartbeat-openapi.json', anne)).status).toBe(405);
  });

  it('answers in version 4 in its form', async () => {
    const json = { ids: ['x'] };
    for (const [method, path, options, status, body] of [
      ['GET', '/paris/v4/heartbeats', louis, 401, { error: 'Unauthorized' }],
      ['POST', '/paris/v4/heartbeats', { ...anne, json: {} }, 400, { errors: { name: 'Name is missing.' } }],
      ['PATCH', '/paris/v4/heartbeats', anne, 405, { error: 'Method Not Allowed' }],
      ['GET', '/paris/v4/heartbeats/x/y', anne, 404, { error: 'Not found' }],
      ['DELETE', '/paris/v4/bulk/heartbeats', { ...anne, json }, 404, { error: 'not found x' }],
      ['GET', '/paris/v4/account/me', anne, 200, { _id: 'anne' }],
    ] as const)
      expect(await call(method, path, options)).toMatchObject({ status, json: body });
  });

  it('serves two tenants, each with its users, dialect and data', async () => {
    const created = await call('POST', '/paris/heartbeat', { ...anne, json: HEARTBEAT });
    expect([created.status, created.json]).toEqual([
      200,
      { name: 'heartbeat created', description: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    ]);
    expect((await call('POST', '/paris/heartbeat', { ...louis, json: HEARTBEAT })).json).toEqual(REFUSED);
    expect((await call('GET', '/lyon/api/heartbeat', louis)).json).toEqual([]);
    const other = await call('POST', '/lyon/api/heartbeat', { ...louis, json: HEARTBEAT });
    expect(other.json).toEqual({
      name: 'heartbeat created',
      description: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect((await call('GET', '/paris/heartbeat', anne)).json).toHaveLength(1);
    const lyon = app.get<Connection>(getConnectionToken('lyon'), { strict: false });
    expect(await lyon.collection('pulses').countDocuments()).toBe(1);
  });

  it('watches for each tenant apart', async () => {
    const pattern = { connector: 'watched' };
    const json = { pattern, expected_interval: '1h' };
    const ids = [
      (await call('POST', '/paris/heartbeat', { ...anne, json })).json,
      (await call('POST', '/lyon/api/heartbeat', { ...louis, json })).json,
    ].map((answer) => (answer as { description: string }).description);
    const event = { connector: 'watched', connector_name: 'n', event_type: 'check', component: 'host' };
    expect(await call('POST', '/paris/event', { ...anne, json: event })).toMatchObject({ status: 200 });
    expect((await call('GET', `/paris/heartbeat/${ids[0]}/state`, anne)).json).toMatchObject({ state: 'up' });
    expect((await call('GET', `/lyon/api/heartbeat/${ids[1]}/state`, louis)).json).toMatchObject({
      state: 'waiting',
    });
    expect((await call('GET', '/lyon/api/heartbeat-state', louis)).json).toHaveLength(2);
  });

  it('gives the service of each module', async () => {
    const services = app.get(HeartbeatService, { strict: false, each: true });
    expect(new Set(services).size).toBe(2);
    for (const service of services) await expect(service.get('none')).rejects.toThrow('heartbeat not found');
  });

  it('keeps its own routes, errors, guard and body parser', async () => {
    const key = { auth: null, headers: { 'x-host-key': 'yes' } };
    expect(await call('GET', '/cats/tom', key)).toMatchObject({
      status: 404,
      json: { host: 'says no', status: 404 },
    });
    expect(await call('GET', '/cats/tom', { auth: null })).toMatchObject({ status: 403 });
    expect((await call('POST', '/cats', { auth: null, json: { a: 1 } })).json).toEqual({ body: { a: 1 } });
    const broken = { auth: null, body: '{', headers: { 'Content-Type': 'application/json' } };
    expect(await call('POST', '/cats', broken)).toMatchObject({
      status: 400,
      json: { host: 'says no', status: 400 },
    });
    expect(await call('GET', '/nowhere', key)).toMatchObject({
      status: 404,
      json: { host: 'says no', status: 404 },
    });
    const answer = await call('POST', '/cats', { auth: null, json: {} });
    expect(answer.headers.get('cache-control')).toBeNull();
  });

  it.each([
    ['no credentials and a broken body', { auth: null, body: '{' }, 401, REFUSED],
    ['a broken body', { ...anne, body: '{' }, 400, { name: '', description: 'invalid json.' }],
    ['no body', { ...anne }, 400, { name: '', description: 'invalid json.' }],
    [
      'a body that is too large',
      { ...anne, body: `"${'x'.repeat(1_100_000)}"` },
      413,
      { name: '', description: 'request body too large.' },
    ],
    [
      'what is no heartbeat',
      { ...anne, json: { pattern: {} } },
      400,
      { name: '', description: 'invalid heartbeat payload.' },
    ],
  ])('answers %s as Canopsis does', async (_what, options, status, json) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await call('POST', '/paris/heartbeat', { ...options, headers });
    expect(answer).toMatchObject({ status, json });
  });

  it.each([
    ['PATCH', '/paris/heartbeat', 405, { name: '', description: 'method not allowed.' }],
    ['GET', '/paris/heartbeat/a/b/c', 404, { name: '', description: 'route not found.' }],
    ['GET', '/paris/heartbeat/none', 404, { description: 'heartbeat not found', name: 'none' }],
    ['GET', '/paris/heartbeat?page=0', 400, { name: '', description: 'invalid query parameter: page.' }],
    [
      'GET',
      '/paris/heartbeat-state?state=x',
      400,
      { name: '', description: 'invalid query parameter: state.' },
    ],
  ])('answers %s %s as Canopsis does', async (method, path, status, json) => {
    expect(await call(method, path, anne)).toMatchObject({ status, json });
  });

  const long = `${'l'.repeat(150)}/é %`;
  const named = encodeURIComponent(long);
  const unknown = { description: 'heartbeat not found', name: long };
  const GONE = { error: 'Not found' };

  it.each([
    ['GET', `/paris/heartbeat/${named}`, 404, unknown],
    ['GET', `/paris/heartbeat/${named}/`, 404, unknown],
    ['GET', `/paris/heartbeat/${named}/state?a=b`, 404, unknown],
    ['DELETE', `/paris/heartbeat/${named}/pause`, 404, unknown],
    ['POST', `/lyon/api/heartbeat/${named}/ping/`, 404, unknown],
    ['PATCH', `/paris/heartbeat/${named}`, 405, { name: '', description: 'method not allowed.' }],
    ['GET', `/paris/heartbeat/${named}/nowhere`, 404, { name: '', description: 'route not found.' }],
    ['GET', `/paris/v4/heartbeats/${named}`, 404, GONE],
    [
      'GET',
      '/paris/heartbeat-state/?page=0',
      400,
      { name: '', description: 'invalid query parameter: page.' },
    ],
    ['GET', '/paris/heartbeat/none/past/', 404, { description: 'heartbeat not found', name: 'none' }],
  ])(
    'answers %s %s, which is long or ends with a slash, as Canopsis does',
    async (method, path, status, json) => {
      const user = path.startsWith('/lyon') ? louis : anne;
      expect(await call(method, path, user)).toMatchObject({ status, json });
      const refused = path.includes('/v4/') ? { error: 'Unauthorized' } : REFUSED;
      expect(await call(method, path, { auth: null })).toMatchObject({ status: 401, json: refused });
    },
  );

  it('lists, makes, reads and removes with a slash at the end, and keeps to its own paths', async () => {
    const json = { pattern: { connector: 'slash' }, expected_interval: '1h' };
    const made = await call('POST', '/paris/heartbeat/', { ...anne, json });
    const { description: id } = made.json as { description: string };
    expect(made.status).toBe(200);
    expect((await call('GET', '/paris/heartbeat/', anne)).json).toEqual(
      (await call('GET', '/paris/heartbeat', anne)).json,
    );
    expect((await call('GET', `/paris/heartbeat/${id}/state/`, anne)).json).toMatchObject({ _id: id });
    expect((await call('DELETE', `/paris/heartbeat/${id}/`, anne)).status).toBe(200);
    const key = { auth: null, headers: { 'x-host-key': 'yes' } };
    const own = await call('GET', `/cats/${'l'.repeat(101)}`, key);
    expect(own.status).toBe(framework === 'express' ? 404 : 414);
  });

  it('answers a text that says it is not JSON as Canopsis does', async () => {
    const options = { ...anne, body: JSON.stringify(HEARTBEAT), headers: { 'Content-Type': 'text/csv' } };
    expect(await call('POST', '/paris/heartbeat', options)).toMatchObject({
      status: 400,
      json: { name: '', description: 'invalid heartbeat payload.' },
    });
  });

  it('pages with the host’s strict pipe in force', async () => {
    expect((await call('GET', '/paris/heartbeat?page=1&limit=1&other=1', anne)).json).toMatchObject({
      meta: { page: 1, per_page: 1 },
    });
  });
});
