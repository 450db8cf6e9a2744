import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { type HeartbeatApp, type HeartbeatAppOptions, startHeartbeatApp } from '../../src/testing';
import { callOverHttp } from '../../src/testing/http-call';

const FAKE = /fake timers are on \(.*setTimeout.*\).*clock\.advance\(\)\. Turn them off/;

describe('the harness gives up', () => {
  it('a request that nobody answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(callOverHttp(url, 'GET', null, { timeoutMs: 50 })).rejects.toThrow(
      `GET ${url} was not answered within 50 ms`,
    );
    silent.close().closeAllConnections();
  });
});

describe('the harness refuses, in a sentence,', () => {
  it.each<[string, unknown, string]>([
    ['no options', null, 'startHeartbeatApp: the options must be an object'],
    ['a text for options', 'canopsis-3', 'startHeartbeatApp: the options must be an object'],
    ['an unknown option', { dialekt: 'canopsis-3' }, 'there is no option dialekt; there are dialect, users,'],
    ['another dialect', { dialect: 'canopsis-5' }, 'dialect must be one of canopsis-3, canopsis-4'],
    ['another framework', { framework: 'koa' }, 'framework must be one of fastify, express'],
    ['no user', { users: {} }, 'users must be an object of passwords by name'],
    ['a list of users', { users: ['root'] }, 'users must be an object of passwords by name'],
    ['a name with a colon', { users: { 'a:b': 'c' } }, 'users must be an object of passwords by name'],
    ['a password that is none', { users: { a: 1 } }, 'users must be an object of passwords by name'],
    ['a time that is none', { now: Number.NaN }, 'now must be a number of milliseconds since the Unix epoch'],
    ['a date', { now: new Date() }, 'now must be a number of milliseconds since the Unix epoch'],
    ['a port out of range', { port: 65_536 }, 'port must be a whole number from 0 to 65535'],
    ['a port as text', { port: '8082' }, 'port must be a whole number from 0 to 65535'],
    ['a logger that cannot log', { logger: {} }, 'logger must be an object with log(), warn() and error()'],
  ])('%s', async (_, options, sentence) => {
    await expect(startHeartbeatApp(options as HeartbeatAppOptions)).rejects.toThrow(sentence);
  });

  describe('of an application that runs,', () => {
    let app: HeartbeatApp;

    beforeAll(async () => {
      app = await startHeartbeatApp();
    });
    afterAll(() => app.stop());

    it.each([Number.NaN, -1, Infinity, '5', undefined, null])('an advance by %p', async (milliseconds) => {
      const before = app.clock.now();
      await expect(app.clock.advance(milliseconds as number)).rejects.toThrow(
        'clock.advance: the milliseconds must be a number from 0 to',
      );
      expect(app.clock.now()).toBe(before);
    });

    it('an advance beyond all calendars', async () => {
      await expect(app.clock.advance(253_402_300_799_999)).rejects.toThrow('beyond 9999-12-31');
    });

    it.each<[string, unknown, string]>([
      ['/x', { jsno: {} }, 'request: there is no option jsno; there are json, body,'],
      ['/x', { json: {}, body: '{}' }, 'request: either json or body, not both'],
      ['/x', { auth: 'root' }, 'request: auth must be name:password, or null'],
      ['/x', { timeoutMs: -1 }, 'request: timeoutMs must be a whole number of milliseconds above 0'],
      ['x', {}, 'request: the path must begin with /'],
    ])('a request of %s with %j', async (path, request, sentence) => {
      await expect(app.request('GET', path, request as object)).rejects.toThrow(sentence);
    });

    it('what is no heartbeat, no event and no id', async () => {
      await expect(app.createHeartbeat(undefined as never)).rejects.toThrow(
        'createHeartbeat: the heartbeat must be an object',
      );
      await expect(app.sendEvent([] as never)).rejects.toThrow('sendEvent: the event must be an object');
      await expect(app.state('')).rejects.toThrow("state: a heartbeat's id must be a text");
    });

    it.each([{}, { legacyFakeTimers: true }] as const)(
      "to work under Jest's fake timers (%j), and works again without them",
      async (options) => {
        jest.useFakeTimers(options);
        try {
          await expect(startHeartbeatApp()).rejects.toThrow(FAKE);
          await expect(app.clock.advance(1_000)).rejects.toThrow(FAKE);
          await expect(app.sendEvent({ connector: 'c1' })).rejects.toThrow(FAKE);
          await expect(app.stop()).rejects.toThrow(FAKE);
        } finally {
          jest.useRealTimers();
        }
        await app.clock.advance(1_000);
      },
    );

    it("to work under node:test's fake timers", async () => {
      // They are the process's: here they would be those of Jest itself.
      const script = `require('node:test').mock.timers.enable({ apis: ['setTimeout'] });
        require('./dist/testing').startHeartbeatApp().catch(({ message }) => console.log(message))`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
      expect(stdout).toMatch(FAKE);
    });

    it('nothing where Date alone is fake', async () => {
      jest.useFakeTimers({
        doNotFake: [
          ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'] as const),
          ...(['clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
        ],
        now: 0,
      });
      const other = await startHeartbeatApp();
      try {
        expect(other.clock.now()).toBe(0);
        const id = await other.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '1m' });
        await other.clock.advance(61_000);
        expect(await other.state(id)).toMatchObject({
          state: 'down',
          since: expect.closeTo(60.5, 0) as number,
        });
      } finally {
        await other.stop();
        jest.useRealTimers();
      }
    });
  });

  it('calls of an application that was stopped, and those under way', async () => {
    const app = await startHeartbeatApp();
    await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '1s' });
    const underWay = app.clock.advance(3_600_000).then(
      () => 'done',
      (error: unknown) => (error as Error).message,
    );
    await app.stop();
    expect(['done', 'clock.advance: the application has been stopped']).toContain(await underWay);
    const stopped = 'the application has been stopped';
    await expect(app.clock.advance(1)).rejects.toThrow(`clock.advance: ${stopped}`);
    await expect(app.request('GET', '/health/live')).rejects.toThrow(`request: ${stopped}`);
    await expect(app.createHeartbeat({ pattern: {}, expected_interval: '1s' })).rejects.toThrow(stopped);
    await expect(app.sendEvent({ connector: 'c1' })).rejects.toThrow(`sendEvent: ${stopped}`);
    await expect(app.state('x')).rejects.toThrow(`state: ${stopped}`);
    await app.stop();
  });
});
