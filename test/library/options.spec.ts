import { type INestApplication, Injectable, Module, VersioningType } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import {
  type AlarmSink,
  type HeartbeatDynamicModule,
  HeartbeatEngineModule,
  type HeartbeatEngineOptions,
  HeartbeatModule,
  type HeartbeatModuleExtras,
  type HeartbeatModuleOptions,
  PlainUsers,
  type Users,
  applyCanopsisFormat,
} from '../../src';
import { type Answer, type RequestOptions, send } from '../support/application';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { OpenToAll, startHost } from './host';

const users = new PlainUsers(new Map([['root', 'root']]));
/** What is looked at of an OpenAPI document. */
interface Described {
  paths: Record<string, Record<string, { responses: object; security?: unknown }>>;
}

const HEARTBEAT = { pattern: { connector: 'c1' }, expected_interval: '1s' };

@Injectable()
class OwnUsers implements Users {
  validate(name: string, password: string): boolean {
    if (name === 'broken') throw new Error('the directory is away');
    return name === 'own' && password === 'word';
  }
}

@Injectable()
class OptionsOfHost {
  constructor(private readonly own: OwnUsers) {}

  createHeartbeatOptions(): HeartbeatModuleOptions {
    return { users: this.own };
  }
}

@Module({ providers: [OwnUsers, OptionsOfHost], exports: [OwnUsers, OptionsOfHost] })
class UsersModule {}

describe('a module in a host', () => {
  let database: TestDatabase;
  let app: INestApplication | undefined;

  beforeEach(async () => {
    database = await startTestDatabase();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await database.close();
  });

  const start = async (
    heartbeats: HeartbeatDynamicModule,
    engine: Partial<HeartbeatEngineOptions> = {},
    prepare: (host: INestApplication) => void = applyCanopsisFormat,
  ): Promise<void> => {
    const watching = HeartbeatEngineModule.forRoot({ heartbeats, tickMs: 20, ...engine });
    const imports = [MongooseModule.forRoot(database.uri), heartbeats, watching];
    app = await startHost('express', imports, prepare);
  };
  const call = async (method: string, path: string, options?: RequestOptions): Promise<Answer> =>
    send((await app?.getUrl()) ?? '', method, path, options);
  const decorators = [OpenToAll()];
  const described = async (prefix: string, options?: RequestOptions): Promise<Described> =>
    (await call('GET', `${prefix}/heartbeat-openapi.json`, options)).json as Described;

  it('is where Canopsis had it, unless told otherwise', async () => {
    await start(HeartbeatModule.forRoot({ users, decorators }));
    expect((await call('POST', '/api/v2/heartbeat', { json: HEARTBEAT })).status).toBe(200);
    expect((await call('GET', '/api/v2/heartbeat-state')).json).toMatchObject([{ state: 'waiting' }]);
  });

  it('is left to the guard of the host where it asks for that', async () => {
    await start(HeartbeatModule.forRoot({ guard: false }));
    expect((await call('GET', '/api/v2/heartbeat', { auth: null })).status).toBe(403);
    const withKey = { auth: null, headers: { 'x-host-key': 'yes' } };
    expect(await call('GET', '/api/v2/heartbeat', withKey)).toMatchObject({ status: 200, json: [] });
    const { get } = (await described('/api/v2', withKey)).paths['/api/v2/heartbeat'] ?? {};
    expect(Object.keys(get?.responses ?? {})).toEqual([
      '200',
      '400',
      '408',
      '413',
      '415',
      '417',
      '431',
      '500',
      '501',
    ]);
    expect(get).not.toHaveProperty('security');
  });

  it.each(['useClass', 'useExisting'] as const)('takes its options from a class with %s', async (how) => {
    const source = how === 'useClass' ? { useClass: OptionsOfHost } : { useExisting: OptionsOfHost };
    await start(HeartbeatModule.forRootAsync({ imports: [UsersModule], ...source, decorators }));
    expect((await call('GET', '/api/v2/heartbeat', { auth: 'own:word' })).status).toBe(200);
    expect((await call('GET', '/api/v2/heartbeat')).status).toBe(401);
    expect(await call('GET', '/api/v2/heartbeat', { auth: 'broken:word' })).toMatchObject({
      status: 500,
      json: { name: '', description: 'internal server error.' },
    });
  });

  it('follows the global prefix of the host, and not its versions', async () => {
    await start(HeartbeatModule.forRoot({ users, decorators, prefix: '' }), {}, (host) => {
      host.setGlobalPrefix('gateway');
      host.enableVersioning({ type: VersioningType.URI, defaultVersion: '7' });
      applyCanopsisFormat(host);
    });
    expect((await call('GET', '/gateway/heartbeat')).status).toBe(200);
    expect(await call('PATCH', '/gateway/heartbeat')).toMatchObject({
      status: 405,
      json: { name: '', description: 'method not allowed.' },
    });
    expect(Object.keys((await described('/gateway')).paths)).toContain('/gateway/heartbeat/{id}');
  });

  it('gives its alarms to the host', async () => {
    const resources: string[] = [];
    const alarms: AlarmSink = {
      parallel: 1,
      deliver: ({ body }) => {
        resources.push((JSON.parse(body) as { resource: string }).resource);
        return Promise.resolve();
      },
    };
    await start(HeartbeatModule.forRoot({ users, decorators }), { alarms });
    await call('POST', '/api/v2/heartbeat', { json: HEARTBEAT });
    await eventually(() => Promise.resolve(resources.length > 0));
    expect(resources).toEqual(['connector:c1']);
  });

  it('holds its rules without the helper, but for what the host’s parser refuses first', async () => {
    await start(HeartbeatModule.forRoot({ users, decorators }), {}, () => undefined);
    expect((await call('GET', '/api/v2/heartbeat', { auth: null })).json).toEqual({
      name: '',
      description: 'authentication required.',
    });
    expect((await call('POST', '/api/v2/heartbeat', { json: HEARTBEAT })).status).toBe(200);
    expect((await call('POST', '/api/v2/heartbeat', { json: { pattern: {} } })).json).toEqual({
      name: '',
      description: 'invalid heartbeat payload.',
    });
    const broken = { body: '{', headers: { 'Content-Type': 'application/json' } };
    expect((await call('POST', '/api/v2/heartbeat', broken)).json).toEqual({ host: 'says no', status: 400 });
  });

  it('has no routes where it only watches', async () => {
    const heartbeats = HeartbeatModule.forRoot({ guard: false, routes: false });
    const watching = HeartbeatEngineModule.forRoot({ heartbeats, routes: false });
    app = await startHost('express', [MongooseModule.forRoot(database.uri), heartbeats, watching]);
    const withKey = { auth: null, headers: { 'x-host-key': 'yes' } };
    expect((await call('GET', '/api/v2/heartbeat', withKey)).json).toEqual({ host: 'says no', status: 404 });
  });
});

describe('an option that cannot be used', () => {
  const wrongExtras: [string, unknown][] = [
    ['prefix', { prefix: 'a/:id' }],
    ['collections.states', { collections: { states: '' } }],
    ['collections', { collections: { states: 'heartbeat' } }],
  ];
  it.each(wrongExtras)('%s fails at once, with its name', (name, extras) => {
    const options = { users, ...(extras as HeartbeatModuleExtras) };
    expect(() => HeartbeatModule.forRoot(options)).toThrow(`HeartbeatModule: ${name} must be`);
  });

  const wrongOptions: [string, unknown][] = [
    ['users', {}],
    ['dialect', { users, dialect: 'canopsis-5' }],
    ['clock', { users, clock: {} }],
    ['limits.loginFailures', { users, limits: { loginFailures: -1 } }],
    ['limits.writesPerSecond', { users, limits: { writesPerSecond: 0 } }],
    ['limits.eventsPerSecond', { users, limits: { eventsPerSecond: 1.5 } }],
  ];
  it.each(wrongOptions)('%s fails at the start, with its name', async (name, options) => {
    const heartbeats = HeartbeatModule.forRoot(options as HeartbeatModuleOptions);
    // The options are looked at first: no database is needed to find them wrong.
    await expect(startHost('express', [heartbeats, LazyDatabase])).rejects.toThrow(
      `HeartbeatModule: ${name} must be`,
    );
  });

  const wrongEngine: [string, unknown][] = [
    ['blindGraceMs', { blindGraceMs: -1 }],
    ['prefetch', { prefetch: Number.NaN }],
    ['alarms', { alarms: {} }],
    ['amqp.url', { amqp: {} }],
  ];
  it.each(wrongEngine)('%s of the engine fails at the start, with its name', async (name, options) => {
    const heartbeats = HeartbeatModule.forRoot({ users });
    const engine = HeartbeatEngineModule.forRoot({ heartbeats, ...(options as HeartbeatEngineOptions) });
    await expect(startHost('express', [heartbeats, engine, LazyDatabase])).rejects.toThrow(
      `HeartbeatEngineModule: ${name} must be`,
    );
  });

  it('heartbeats of the engine must be a heartbeat module', () => {
    const heartbeats = {} as HeartbeatDynamicModule;
    expect(() => HeartbeatEngineModule.forRoot({ heartbeats })).toThrow(
      'HeartbeatEngineModule: heartbeats must be what HeartbeatModule.forRoot returned',
    );
  });
});

const LazyDatabase = MongooseModule.forRoot('mongodb://127.0.0.1:1', {
  lazyConnection: true,
  serverSelectionTimeoutMS: 100,
  connectionFactory: (connection: { asPromise(): Promise<unknown> }) => {
    connection.asPromise().catch(() => undefined);
    return connection;
  },
});
