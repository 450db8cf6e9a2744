import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type AlarmSink,
  HeartbeatEngineModule,
  type HeartbeatEngineOptions,
  HeartbeatModule,
  HeartbeatPageModule,
  type HeartbeatModuleAsyncOptions,
  type HeartbeatModuleOptions,
  PlainUsers,
  applyCanopsisFormat,
} from '../../src';
import { KeepingLogger } from '../support/log';
import { startHost } from './host';

const users = new PlainUsers(new Map([['root', 'root']]));

/** Nobody listens there: what is wrong is found before a database is needed. */
const lazy = (uri: string): DynamicModule =>
  MongooseModule.forRoot(uri, {
    lazyConnection: true,
    serverSelectionTimeoutMS: 100,
    connectionFactory: (connection: { asPromise(): Promise<unknown> }) => {
      connection.asPromise().catch(() => undefined);
      return connection;
    },
  });
const LazyDatabase = lazy('mongodb://127.0.0.1:1');

const starting = (...imports: NonNullable<Parameters<typeof startHost>[1]>): Promise<unknown> =>
  startHost('express', [LazyDatabase, ...imports]);

describe('a host that is wired wrongly is told so at its start:', () => {
  it('a module without options', async () => {
    await expect(starting(HeartbeatModule as never)).rejects.toThrow(
      'HeartbeatModule must be imported as HeartbeatModule.forRoot(',
    );
    await expect(starting(HeartbeatEngineModule as never)).rejects.toThrow(
      'HeartbeatEngineModule must be imported as HeartbeatEngineModule.forRoot({ heartbeats })',
    );
  });

  it('a connection whose writes are not acknowledged', async () => {
    const uri = 'mongodb://127.0.0.1:1/canopsis?w=0';
    await expect(startHost('express', [lazy(uri), HeartbeatModule.forRoot({ users })])).rejects.toThrow(
      'HeartbeatModule: its connection cannot be used: with w=0 the database acknowledges no write, ',
    );
  });

  it('two modules on one prefix, or on one collection', async () => {
    const first = HeartbeatModule.forRoot({ users });
    await expect(starting(first, HeartbeatModule.forRoot({ users, prefix: '/api/v2/' }))).rejects.toThrow(
      'HeartbeatModule: two of them have the prefix api/v2. Import one alone',
    );
    await expect(starting(first, HeartbeatModule.forRoot({ users, prefix: 'other' }))).rejects.toThrow(
      'HeartbeatModule: two of them have the collection heartbeat on the connection default',
    );
  });

  it('two engines of one module', async () => {
    const heartbeats = HeartbeatModule.forRoot({ users });
    const engines = [1, 2].map(() => HeartbeatEngineModule.forRoot({ heartbeats }));
    await expect(starting(heartbeats, ...engines)).rejects.toThrow(
      'HeartbeatEngineModule: two of them belong to one HeartbeatModule. Call forRoot once,',
    );
  });

  it('a page without options, or with one that there is not', async () => {
    await expect(starting(HeartbeatPageModule as never)).rejects.toThrow(
      'HeartbeatPageModule must be imported as HeartbeatPageModule.forRoot({ heartbeats, engine })',
    );
    const heartbeats = HeartbeatModule.forRoot({ users });
    const engine = HeartbeatEngineModule.forRoot({ heartbeats });
    expect(() => HeartbeatPageModule.forRoot({ heartbeats, engine, pth: '/' } as never)).toThrow(
      'HeartbeatPageModule: what forRoot takes has no pth; it has heartbeats, engine, path',
    );
  });

  it.each([
    ['limits has no writePerSecond; it has loginFailures,', { limits: { writePerSecond: 3 } }],
    ['limits must be an object', { limits: 3 }],
    ['collections has no state; it has heartbeats,', { collections: { state: 'x' } }],
    ['guard must be true or false', { guard: 'no' }],
    ['routes must be true or false', { routes: 0 }],
  ])('%s', async (sentence, options) => {
    const start = () => starting(HeartbeatModule.forRoot({ users, ...options } as never));
    await expect((async () => start())()).rejects.toThrow(`HeartbeatModule: ${sentence}`);
  });

  it('an engine of another object than the one that is imported', async () => {
    const engine = HeartbeatEngineModule.forRoot({ heartbeats: HeartbeatModule.forRoot({ users }) });
    await expect(starting(HeartbeatModule.forRoot({ users }), engine)).rejects.toThrow(
      'give HeartbeatEngineModule the very object that HeartbeatModule.forRoot returned',
    );
  });

  it.each([
    ['HeartbeatModule: forRoot: there is no option user;', { user: users }],
    ['HeartbeatModule: forRoot: there is no option tickMs;', { users, tickMs: 20 }],
  ])('%s', (sentence, options) => {
    expect(() => HeartbeatModule.forRoot(options as HeartbeatModuleOptions)).toThrow(sentence);
  });

  it('options beside the factory that belong into what it returns, and the other way round', async () => {
    const beside = { users, useFactory: () => ({}) } as HeartbeatModuleAsyncOptions;
    expect(() => HeartbeatModule.forRootAsync(beside)).toThrow(
      'users must be in what the factory returns, not beside it',
    );
    expect(() => HeartbeatModule.forRootAsync({})).toThrow('forRootAsync needs one of useFactory,');
    const within = HeartbeatModule.forRootAsync({ useFactory: () => ({ users, prefix: 'x' }) as object });
    await expect(starting(within)).rejects.toThrow('prefix must stand beside the factory');
    const nothing = HeartbeatModule.forRootAsync({ useFactory: () => undefined as never });
    await expect(starting(nothing)).rejects.toThrow('the factory must return the options');
  });

  it.each<[string, unknown]>([
    ['webhook.url must be an address that begins with http:// or https://', { webhook: { url: 'nope' } }],
    ['webhook.url must be', { webhook: { url: 'ftp://host' } }],
    ['webhook has no secrt; it has url,', { webhook: { url: 'http://host', secrt: 's' } }],
    ['webhook.limitMs must be a number above 0', { webhook: { url: 'http://host', limitMs: '5s' } }],
    ['alertmanager has no limit; it has url,', { alertmanager: { url: 'http://host', limit: 1 } }],
    ['amqp has no que; it has url,', { amqp: { url: 'amqp://host', que: 'x' } }],
    ['alarms.parallel must be a whole number from 1', { alarms: { parallel: 0, deliver: () => undefined } }],
  ])('%s', async (sentence, options) => {
    const heartbeats = HeartbeatModule.forRoot({ users });
    const engine = HeartbeatEngineModule.forRoot({ heartbeats, ...(options as HeartbeatEngineOptions) });
    await expect(starting(heartbeats, engine)).rejects.toThrow(`HeartbeatEngineModule: ${sentence}`);
  });

  it('an option of the engine that nobody reads', () => {
    const heartbeats = HeartbeatModule.forRoot({ users });
    const alarms: AlarmSink = { deliver: () => Promise.resolve() };
    expect(() =>
      HeartbeatEngineModule.forRoot({ heartbeats, alarms, alarm: alarms } as object as never),
    ).toThrow('HeartbeatEngineModule: forRoot: there is no option alarm;');
  });

  it.each([
    [undefined, 1],
    [{ ignoreTrailingSlash: true, maxParamLength: 16_384 }, 0],
  ])('Fastify whose routes are there before applyCanopsisFormat, with %j', async (routerOptions, times) => {
    const logger = new KeepingLogger();
    class Host {}
    Module({ imports: [LazyDatabase, HeartbeatModule.forRoot({ users })] })(Host);
    const adapter = new FastifyAdapter({ routerOptions });
    const app = await NestFactory.create(Host, adapter, { logger, abortOnError: false });
    await app.init();
    applyCanopsisFormat(app);
    const said = logger.of('CanopsisFormat');
    expect(said).toHaveLength(times);
    if (times > 0)
      expect(said[0]).toContain('routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16384 }');
    await app.close();
  });
});
