import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, type Expected, expectAnswer } from '../support/canopsis';
import { KeepingLogger } from '../support/log';

const TOO_MANY: Expected = [429, { name: '', description: 'too many failed log-ins, try again later.' }];

describe.each<[HttpFramework]>([['fastify'], ['express']])('failed log-ins on %s', (framework) => {
  let app: TestApplication;
  let logger: KeepingLogger;
  const start = async (env: Record<string, string>): Promise<void> => {
    logger = new KeepingLogger();
    const HEARTBEAT_USERS = 'root:root,ada:secret';
    app = await startTestApplication({ framework, logger, env: { HEARTBEAT_USERS, ...env } });
  };
  afterEach(() => app.close());

  const ask = (auth: string | null, forwarded?: string, more: Record<string, string> = {}): Promise<Answer> =>
    app.request('GET', HEARTBEATS, {
      auth,
      headers: { ...(forwarded !== undefined && { 'X-Forwarded-For': forwarded }), ...more },
    });
  const fail = async (times: number, name: string, from: (n: number) => string): Promise<void> => {
    for (let n = 0; n < times; n += 1) {
      expectAnswer(await ask(`${name}:wrong${n}`, from(n)), ERRORS.unauthenticated);
    }
  };
  const expectLimited = (answer: Answer): void => {
    expectAnswer(answer, TOO_MANY);
    expect(answer.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  };

  it('are limited by network and by user, and leave alone who was right before', async () => {
    await start({ LOGIN_FAILURES: '4', TRUSTED_PROXIES: '127.0.0.0/8' });
    expect((await ask('root:root', '198.51.100.1')).status).toBe(200);
    await fail(4, 'root', () => '192.0.2.1');
    expectLimited(await ask('ada:secret', '192.0.2.1'));
    expectLimited(await ask('root:guess', '192.0.2.1'));
    // Remembered, wherever it comes from; and others are not touched.
    expect((await ask('root:root', '192.0.2.1')).status).toBe(200);
    expect((await ask('ada:secret', '192.0.2.2')).status).toBe(200);
    // Four failures under this name: other networks wait, the one that was right with it does not.
    expectLimited(await ask('root:guess', '203.0.113.1'));
    expectAnswer(await ask('root:guess', '198.51.100.1'), ERRORS.unauthenticated);
    expect((await ask(null, '192.0.2.1')).status).toBe(401);
    expect((await app.request('GET', '/health/live', { auth: null })).status).toBe(200);
  });

  it('of a POST are answered before its body is read, and change nothing', async () => {
    await start({ LOGIN_FAILURES: '1' });
    expect((await ask('root:root')).status).toBe(200);
    await fail(1, 'nobody', () => '');
    const body = ' '.repeat(2 * 1024 * 1024);
    expectLimited(await app.request('POST', HEARTBEATS, { auth: 'ada:secret', body }));
    expect((await ask('root:root')).json).toEqual([]);
  });

  it('are told apart by the right-most address that is no trusted proxy, whatever the client claims', async () => {
    await start({ LOGIN_FAILURES: '2', TRUSTED_PROXIES: '127.0.0.1, ::1, 10.0.0.0/8' });
    await fail(2, 'x', (n) => `1.1.1.${n}, 192.0.2.1, 10.1.2.3`);
    expectLimited(await ask('ada:secret', '2.2.2.2, 192.0.2.1'));
    expect((await ask('ada:secret', '192.0.2.1, 192.0.2.9')).status).toBe(200);
  });

  it('are told apart without the ports that a proxy writes', async () => {
    await start({ LOGIN_FAILURES: '2', TRUSTED_PROXIES: '127.0.0.1, ::1, 10.0.0.0/8' });
    await fail(2, 'x', (n) => `192.0.2.1:4000${n}, 10.1.2.3:5000${n}`);
    expectLimited(await ask('ada:secret', '192.0.2.1'));
    await fail(2, 'y', (n) => `[2001:db8::${n}]:4000${n}`);
    expectLimited(await ask('ada:secret', '2001:db8::7'));
  });

  it('are those of the proxy that tells no address', async () => {
    await start({ LOGIN_FAILURES: '2', TRUSTED_PROXIES: '127.0.0.1, ::1, 10.0.0.0/8' });
    await fail(2, 'x', (n) => `192.0.2.${n}, unknown${n}, 10.1.2.3`);
    expectLimited(await ask('ada:secret', 'junk, 10.1.2.3'));
    expect((await ask('ada:secret', '192.0.2.1, 10.1.2.3')).status).toBe(200);
  });

  it('are the connection’s where no proxy is trusted', async () => {
    await start({ LOGIN_FAILURES: '2' });
    await fail(2, 'x', (n) => `1.1.1.${n}`);
    expectLimited(await ask('ada:secret', '9.9.9.9'));
  });

  it('with keys count too', async () => {
    await start({ LOGIN_FAILURES: '3' });
    for (let n = 0; n < 3; n += 1) {
      expectAnswer(await ask(null, undefined, { 'x-canopsis-authkey': `guess${n}` }), ERRORS.unauthenticated);
    }
    expectLimited(await ask(null, undefined, { 'x-canopsis-authkey': 'guess' }));
  });

  it('are in the log once they are limited, without what was sent', async () => {
    await start({ LOGIN_FAILURES: '2' });
    await fail(2, 'ada', () => '');
    for (let n = 0; n < 5; n += 1) expectLimited(await ask('ada:wrong'));
    expect(logger.of('Audit')).toEqual([
      { msg: 'log-ins refused', action: 'log-ins refused', user: 'ada', network: '127.0.0.1' },
    ]);
    expect(JSON.stringify(logger.entries)).not.toMatch(/wrong|secret/);
  });

  it('come to no more than the limit in a burst', async () => {
    await start({ LOGIN_FAILURES: '5' });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(`ada:wrong${n}`)));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expectLimited(await ask('ada:more'));
    expectLimited(await ask('ada:secret'));
  });
});
