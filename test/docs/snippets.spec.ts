import { type DynamicModule, type INestApplication, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { readdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { HeartbeatDynamicModule } from '../../src';
import { send } from '../support/application';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { type Snippet, SnippetProject, readSnippets } from './snippet-project';

/** Nobody listens on this port of loopback. */
const NO_BROKER = 'amqp://127.0.0.1:1';
const EXECUTED = [
  'ts app',
  'ts embedded',
  'ts users',
  'ts no-guard',
  'ts decorators',
  'ts tenants',
  'ts from-code',
  'ts alarms',
  'ts amqp',
  'ts metrics',
  'ts openapi',
  'ts jest',
  'ts node-test',
  'sh server',
];
/** These need the packed tarball: see test/package/matrix.mjs. */
const EXECUTED_WITH_THE_PACKAGE = ['sh install', 'ts vitest', 'ts mocha'];

class Host {}

describe('the snippets of the documentation', () => {
  const environment = { ...process.env };
  let snippets: Snippet[];
  let project: SnippetProject;
  let databases: TestDatabase[];
  let app: INestApplication<Server> | undefined;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    databases = [await startTestDatabase(), await startTestDatabase()];
    snippets = await readSnippets();
    project = await SnippetProject.of(
      snippets.filter(({ language, name }) => !EXECUTED_WITH_THE_PACKAGE.includes(`${language} ${name}`)),
    );
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    process.env = { ...environment };
  });
  afterAll(async () => {
    await project?.remove();
    for (const database of databases) await database.close();
  });

  const uri = (n = 0): string => databases[n]?.uri ?? '';

  async function start(imports: unknown[]): Promise<string> {
    const root = { module: Host, imports } as DynamicModule;
    app = await NestFactory.create(root, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }

  const status = async (url: string, auth: string | null, path = '/api/v2/heartbeat'): Promise<number> =>
    (await send(url, 'GET', path, { auth })).status;

  it('are all executed', () => {
    const names = new Set(snippets.map(({ language, name }) => `${language} ${name}`));
    expect([...names].sort()).toEqual([...EXECUTED, ...EXECUTED_WITH_THE_PACKAGE].sort());
  });

  it('start a whole application', async () => {
    Object.assign(process.env, { MONGODB_URI: uri(), PORT: '0' });
    const close = jest.spyOn(NestFactory, 'create');
    const url = await project.load<{ start(): Promise<string> }>('app').start();
    app = (await close.mock.results[0]?.value) as INestApplication<Server>;
    close.mockRestore();
    const local = url.replace('[::1]', '127.0.0.1');
    expect([await status(local, 'anne:secret'), await status(local, null)]).toEqual([200, 401]);
    expect(
      (
        await send(local, 'POST', '/api/v2/heartbeat', {
          auth: 'anne:secret',
          body: '{',
          headers: { 'Content-Type': 'application/json' },
        })
      ).json,
    ).toEqual({
      name: '',
      description: 'invalid json.',
    });
  });

  it('try it without a MongoDB, and end the database with the application', async () => {
    const directory = await makeDirectory();
    process.env.DATA_DIR = directory;
    const { database } = project.load<{ database: DynamicModule }>('embedded');
    const { heartbeats, engine } = project.load<{ heartbeats: unknown; engine: unknown }>('alarms');
    const url = await start([database, heartbeats, engine]);
    expect(await status(url, null)).toBe(200);
    const sockets = async (): Promise<string[]> =>
      (await readdir(directory)).filter((name) => name.endsWith('.sock'));
    expect(await sockets()).toHaveLength(1);
    await app?.close();
    app = undefined;
    await eventually(async () => expect(await sockets()).toEqual([]));
    await removeDirectory(directory);
  });

  it.each([
    ['users', 'louis:of the directory', 'anne:secret', 401],
    ['no-guard', null, 'anybody:else', 200],
    ['decorators', 'anne:secret', null, 401],
  ])('keep the heartbeats of %s', async (name, good, other, answered) => {
    const { heartbeats } = project.load<{ heartbeats: HeartbeatDynamicModule }>(name);
    const url = await start([MongooseModule.forRoot(uri()), heartbeats]);
    expect([await status(url, good), await status(url, other)]).toEqual([200, answered]);
    const [controller] = heartbeats.controllers ?? [];
    expect(Reflect.getMetadata('isPublic', controller as object)).toBe(name === 'decorators' || undefined);
  });

  it('serve two tenants', async () => {
    Object.assign(process.env, { PARIS_URI: uri(0), LYON_URI: uri(1) });
    const url = await start(project.load<{ imports: unknown[] }>('tenants').imports);
    expect(await status(url, 'anne:secret', '/paris/heartbeat')).toBe(200);
    expect(await status(url, 'louis:secret', '/lyon/heartbeat')).toBe(200);
    expect(await status(url, 'louis:secret', '/paris/heartbeat')).toBe(401);
  });

  it('take alarms', async () => {
    type Parts = { heartbeats: unknown; engine: unknown; sent: string[] };
    const { heartbeats, engine, sent } = project.load<Parts>('alarms');
    const url = await start([MongooseModule.forRoot(uri()), heartbeats, engine]);
    const json = { pattern: { connector: 'quiet' }, expected_interval: '1s' };
    expect((await send(url, 'POST', '/api/v2/heartbeat', { json })).status).toBe(200);
    await eventually(() => Promise.resolve(sent.length > 0));
    expect(JSON.parse(sent[0] ?? '')).toMatchObject({ resource: 'connector:quiet', state: 3 });
  });

  it('keep heartbeats from code', async () => {
    type Backups = {
      watch(connector: string): Promise<string>;
      isLate(id: string): Promise<boolean>;
      whileRebuilding(id: string, rebuild: () => Promise<void>): Promise<void>;
    };
    const { Backups } = project.load<{ Backups: new (...services: unknown[]) => Backups }>('from-code');
    const { heartbeats, engine } = project.load<{ heartbeats: unknown; engine: unknown }>('alarms');
    await start([MongooseModule.forRoot(uri()), heartbeats, engine]);
    type Services = Record<'HeartbeatService' | 'StateService' | 'PauseService', new () => unknown>;
    const { HeartbeatService, StateService, PauseService } = project.packages<Services>();
    const services = [HeartbeatService, StateService, PauseService].map((service): unknown =>
      app?.get(service, { strict: false }),
    );
    const [, states] = services as [unknown, { get(id: string): Promise<{ state: string }> }];
    const backups = new Backups(...services);
    const id = await backups.watch('from code');
    expect(await backups.isLate(id)).toBe(false);
    let meanwhile = '';
    await backups.whileRebuilding(id, async () => void (meanwhile = (await states.get(id)).state));
    expect([meanwhile, (await states.get(id)).state]).toEqual(['paused', 'waiting']);
  });

  it('merge descriptions', () => {
    type Merged = (own: object, ours: object) => object;
    const { merged } = project.load<{ merged: Merged }>('openapi');
    const own = { paths: { '/a': {} }, components: { schemas: { A: {} } } };
    const ours = { paths: { '/b': {} }, tags: [{ name: 'B' }], components: { schemas: { B: {} } } };
    expect(merged(own, ours)).toEqual({
      paths: { '/a': {}, '/b': {} },
      tags: [{ name: 'B' }],
      components: { schemas: { A: {}, B: {} } },
    });
  });

  it('count what the engine does', async () => {
    type Parts = { heartbeats: unknown; engine: unknown; registry: { metrics(): Promise<string> } };
    const { heartbeats, engine, registry } = project.load<Parts>('metrics');
    await start([MongooseModule.forRoot(uri()), heartbeats, engine]);
    await eventually(async () => /^heartbeat_blind \d$/m.test(await registry.metrics()));
  });

  it('connect to RabbitMQ, and serve the API while it is away', async () => {
    process.env.AMQP_URL ??= NO_BROKER;
    const { heartbeats, engine } = project.load<{ heartbeats: unknown; engine: unknown }>('amqp');
    const url = await start([MongooseModule.forRoot(uri()), heartbeats, engine]);
    expect(await status(url, null)).toBe(200);
  });

  it('test under Jest', async () => {
    await project.run('node', ['node_modules/jest/bin/jest.js', '--ci']);
  });

  it('test under node:test', async () => {
    expect(await project.run('node', ['--test', 'build/node-test.js'])).toContain('# pass 1\n');
  });

  it('test from other languages', async () => {
    const answers = await project.run('bash', ['--norc', '-e', 'server.sh']);
    expect(answers).toContain('"resource":"connector:c1"');
  });
});
