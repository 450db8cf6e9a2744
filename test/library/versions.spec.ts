import type { INestApplication } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import {
  HeartbeatEngineModule,
  HeartbeatModule,
  type HeartbeatModuleExtras,
  type HeartbeatModuleOptions,
  PlainUsers,
  applyCanopsisFormat,
} from '../../src';
import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, type RequestOptions, send } from '../support/application';
import { heartbeat } from '../support/canopsis';
import { v4Body } from '../support/canopsis-v4';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { OpenToAll, startHost } from './host';

type Call = readonly [method: string, path: string, json: unknown, status: number];

/** What a host without such a route says. */
const HOST_404 = { status: 404, json: { host: 'says no', status: 404 } };
const EVENT = { connector: 'c', connector_name: 'n', event_type: 'check', component: 'x' };

const v2Calls = (prefix: string): Call[] => [
  ['POST', `${prefix}/heartbeat`, heartbeat(), 200],
  ['GET', `${prefix}/heartbeat`, undefined, 200],
  ['GET', `${prefix}/heartbeat-state`, undefined, 200],
  ['GET', `${prefix}/heartbeat-openapi.json`, undefined, 200],
  ['POST', `${prefix}/event`, EVENT, 200],
];
const v4Calls = (prefix: string): Call[] => [
  ['POST', `${prefix}/heartbeats`, v4Body(), 201],
  ['GET', `${prefix}/heartbeats`, undefined, 200],
  ['POST', `${prefix}/bulk/heartbeats`, [v4Body()], 201],
  ['GET', `${prefix}/account/me`, undefined, 200],
  ['POST', `${prefix}/event`, EVENT, 200],
];

describe.each<[HttpFramework]>([['fastify'], ['express']])('the versions of a module on %s', (framework) => {
  let database: TestDatabase;
  let app: INestApplication;
  beforeEach(async () => {
    database = await startTestDatabase();
  });
  afterEach(async () => {
    await app.close();
    await database.close();
  });

  async function start(
    extras: HeartbeatModuleExtras & Pick<HeartbeatModuleOptions, 'dialect'>,
    prepare: (host: INestApplication) => void = applyCanopsisFormat,
  ): Promise<void> {
    const users = new PlainUsers(new Map([['root', 'root']]));
    const heartbeats = HeartbeatModule.forRoot({ users, decorators: [OpenToAll()], ...extras });
    const engine = HeartbeatEngineModule.forRoot({ heartbeats, tickMs: 20 });
    const imports = [MongooseModule.forRoot(database.uri), heartbeats, engine];
    app = await startHost(framework, imports, prepare);
  }
  const call = async (method: string, path: string, options?: RequestOptions): Promise<Answer> =>
    send(await app.getUrl(), method, path, options);
  async function expectServed(calls: readonly Call[]): Promise<void> {
    for (const [method, path, json, status] of calls)
      expect([path, (await call(method, path, { json })).status]).toEqual([path, status]);
  }
  async function expectLeftToHost(calls: readonly Call[]): Promise<void> {
    for (const [method, path, json] of calls)
      expect(await call(method, path, { json })).toMatchObject(HOST_404);
  }

  it.each<[HeartbeatModuleExtras, string, string]>([
    [{}, '/api/v2', '/api/v4'],
    [{ apis: ['v4', 'v2'] }, '/api/v2', '/api/v4'],
    [{ prefix: 'monitoring/v2' }, '/monitoring/v2', '/monitoring/v4'],
    [{ prefix: 'paris' }, '/paris', '/paris/v4'],
    [{ prefix: 'paris', prefixV4: 'rome/four' }, '/paris', '/rome/four'],
  ])('are both where %j says', async (extras, v2, v4) => {
    await start(extras);
    await expectServed([...v2Calls(v2), ...v4Calls(v4)]);
    const { paths } = (await call('GET', `${v2}/heartbeat-openapi.json`)).json as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([`${v2}/heartbeat/{id}`, `${v4}/bulk/heartbeats`, `${v4}/event`]),
    );
  });

  it('may be version 2 alone', async () => {
    await start({ apis: ['v2'], prefixV4: 'rome' });
    await expectServed(v2Calls('/api/v2'));
    await expectLeftToHost([...v4Calls('/rome'), ...v4Calls('/api/v4')]);
    const { paths } = (await call('GET', '/api/v2/heartbeat-openapi.json')).json as { paths: object };
    expect(Object.keys(paths).filter((path) => !path.startsWith('/api/v2/'))).toEqual([]);
  });

  it('may be version 4 alone', async () => {
    await start({ apis: ['v4'], prefixV4: 'rome' });
    await expectServed(v4Calls('/rome'));
    await expectLeftToHost(v2Calls('/api/v2'));
    expect(await call('GET', '/rome/heartbeats', { auth: null })).toMatchObject({
      status: 401,
      json: { error: 'Unauthorized' },
    });
    const slash = await fetch(`${await app.getUrl()}/rome/heartbeats/?limit=1`, { redirect: 'manual' });
    expect([slash.status, slash.headers.get('location')]).toEqual([301, '/rome/heartbeats?limit=1']);
  });

  it('have the description below version 4 where that is alone, and once where both are', async () => {
    await start({ apis: ['v4'] });
    const path = '/api/v4/heartbeat-openapi.json';
    const { status, json } = await call('GET', path);
    const { paths, components } = json as { paths: Record<string, object>; components: { schemas: object } };
    expect([status, Object.keys(paths)]).toEqual([
      200,
      [
        'account/me',
        'bulk/heartbeats',
        'event',
        'heartbeat-openapi.json',
        'heartbeats',
        'heartbeats/{id}',
      ].map((each) => `/api/v4/${each}`),
    ]);
    expect(components.schemas).toHaveProperty('V4NewHeartbeat');
    expect(await call('GET', path, { auth: null })).toMatchObject({
      status: 401,
      json: { error: 'Unauthorized' },
    });
    expect(await call('POST', path)).toMatchObject({ status: 405, json: { error: 'Method Not Allowed' } });
    await app.close();
    await start({});
    expect(await call('GET', path)).toMatchObject(HOST_404);
  });

  it('let everybody in whom the host lets in, whose name is the author in 4.3 where it is known', async () => {
    await start({ guard: false, dialect: 'canopsis-4.3' }, (host) => {
      host.use(
        (request: { headers: Record<string, string>; user?: object }, _: unknown, next: () => void) => {
          // On Fastify a middleware gets the raw request, and the host's guards would do it.
          if (request.headers['x-user']) request.user = { name: request.headers['x-user'] };
          next();
        },
      );
      applyCanopsisFormat(host);
    });
    const create = async (headers: Record<string, string>, author?: string): Promise<unknown> =>
      (await call('POST', '/api/v4/heartbeats', { json: { ...v4Body(), author }, auth: null, headers })).json;
    expect(await create({}, 'sent')).toMatchObject({ author: 'sent' });
    expect(await create({})).toMatchObject({ author: '' });
    if (framework === 'express')
      expect(await create({ 'x-user': 'ann' }, 'sent')).toMatchObject({ author: 'ann' });
    const me = await call('GET', '/api/v4/account/me', { auth: null });
    const actions = ['create', 'delete', 'read', 'update'];
    expect(me).toMatchObject({ status: 200, json: { permissions: [{ actions }, { actions }] } });
  });

  it('may be none', async () => {
    await start({ apis: [] });
    await expectLeftToHost([...v2Calls('/api/v2'), ...v4Calls('/api/v4')]);
  });
});

it.each<[string, unknown]>([
  ['apis', { apis: ['v3'] }],
  ['apis', { apis: 'v2' }],
  ['prefixV4', { prefixV4: 'a/:id' }],
])('the option %s cannot be that of %j', (name, extras) => {
  expect(() => HeartbeatModule.forRoot({ guard: false, ...(extras as HeartbeatModuleExtras) })).toThrow(
    `HeartbeatModule: ${name} must be`,
  );
});
