import { createHmac } from 'node:crypto';
import type { HttpFramework } from '../../src/http/adapters';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, notFound } from '../support/canopsis';
import { KeepingLogger } from '../support/log';

const SECRET = 'a key of more than 16 characters';
const tokenOf = (id: string): string => createHmac('sha256', SECRET).update(id).digest('base64url');
const pinged = (id: string) => [200, { name: 'heartbeat pinged', description: id }] as const;

describe.each<HttpFramework>(['fastify', 'express'])('pings on %s', (framework) => {
  let app: TestApplication;
  let logger: KeepingLogger;

  beforeAll(async () => {
    logger = new KeepingLogger();
    app = await startTestApplication({
      framework,
      logger,
      env: {
        PING_SECRET: SECRET,
        HEARTBEAT_USERS: 'root:root',
        LOG_LEVEL: 'debug',
        RATE_LIMIT_EVENTS: '5',
      },
    });
  });
  afterAll(() => app.close());

  const state = async (id: string): Promise<unknown> =>
    ((await app.request('GET', `${HEARTBEATS}/${id}/state`)).json as { state: unknown }).state;

  it.each(['GET', 'HEAD', 'POST'])('%s is the event that the heartbeat waits for', async (method) => {
    const id = await create(app, heartbeat({ expected_interval: '1h' }));
    expect(await state(id)).toBe('waiting');
    const answer = await app.request(method, `${HEARTBEATS}/${id}/ping`);
    if (method === 'HEAD') expect(answer.status).toBe(200);
    else expectAnswer(answer, pinged(id));
    expect(await state(id)).toBe('up');
  });

  it.each(['GET', 'HEAD', 'POST'])('%s with the token needs no credentials', async (method) => {
    const id = await create(app, heartbeat({ expected_interval: '1h' }));
    const answer = await app.request(method, `${HEARTBEATS}/${id}/ping/${tokenOf(id)}`, { auth: null });
    if (method === 'HEAD') expect(answer.status).toBe(200);
    else expectAnswer(answer, pinged(id));
    expect(await state(id)).toBe('up');
  });

  it.each(['GET', 'HEAD', 'POST'])(
    '%s with the cookie of a session alone comes from our own page',
    async (method) => {
      const id = await create(app, heartbeat({ expected_interval: '1h' }));
      const session = await app.request('POST', '/api/v2/heartbeat-session', {
        auth: null,
        json: { name: 'root', password: 'root' },
      });
      const [cookie = ''] = session.headers.getSetCookie();
      const statusFrom = async (origin: Record<string, string>): Promise<number> => {
        const headers = { Cookie: cookie.split(';')[0] ?? '', ...origin };
        return (await app.request(method, `${HEARTBEATS}/${id}/ping`, { auth: null, headers })).status;
      };
      expect([await statusFrom({}), await statusFrom({ Origin: 'https://evil.example' })]).toEqual([
        403, 403,
      ]);
      expect(await state(id)).toBe('waiting');
      expect(await statusFrom({ Origin: app.url })).toBe(200);
      expect(await state(id)).toBe('up');
    },
  );

  it('shows the URL with the token, which works as it is', async () => {
    const id = await create(app, heartbeat({ expected_interval: '1h' }));
    const shown = await app.request('GET', `${HEARTBEATS}/${id}/ping-url`);
    expectAnswer(shown, [200, { url: `${HEARTBEATS}/${id}/ping/${tokenOf(id)}` }]);
    const { url } = shown.json as { url: string };
    expectAnswer(await app.request('GET', url, { auth: null }), pinged(id));
  });

  it('lets nobody in without credentials or with the token of another heartbeat', async () => {
    const [id, other] = [await create(app, heartbeat()), await create(app, heartbeat())];
    for (const path of ['ping', 'ping-url']) {
      expectAnswer(
        await app.request('GET', `${HEARTBEATS}/${id}/${path}`, { auth: null }),
        ERRORS.unauthenticated,
      );
    }
    for (const token of [tokenOf(other), tokenOf(id).slice(1), `${tokenOf(id)}A`, 'x']) {
      expectAnswer(
        await app.request('GET', `${HEARTBEATS}/${id}/ping/${token}`, { auth: null }),
        notFound(id),
      );
    }
    expect(await state(id)).toBe('waiting');
  });

  it('knows only heartbeats that are there', async () => {
    expectAnswer(await app.request('GET', `${HEARTBEATS}/none/ping`), notFound('none'));
    expectAnswer(await app.request('GET', `${HEARTBEATS}/none/ping-url`), notFound('none'));
    const byToken = `${HEARTBEATS}/none/ping/${tokenOf('none')}`;
    expectAnswer(await app.request('GET', byToken, { auth: null }), notFound('none'));
  });

  it('says of which heartbeat no event can be made', async () => {
    const id = await create(app, heartbeat({ pattern: { connector: '', nonce: framework } }));
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}/ping`), [
      400,
      { name: '', description: 'heartbeat cannot be pinged: connector must be a non-empty string.' },
    ]);
  });

  it('has a rate for each heartbeat', async () => {
    const [id, other] = [await create(app, heartbeat()), await create(app, heartbeat())];
    const ping = (of: string) =>
      app.request('GET', `${HEARTBEATS}/${of}/ping/${tokenOf(of)}`, { auth: null });
    const answers = await Promise.all(Array.from({ length: 200 }, () => ping(id)));
    expect(answers.map(({ status }) => status)).toContain(429);
    expectAnswer(await ping(other), pinged(other));
  });

  it('logs no token', async () => {
    const id = await create(app, heartbeat());
    await app.request('GET', `${HEARTBEATS}/${id}/ping/${tokenOf(id)}`, { auth: null });
    await app.request('GET', `${HEARTBEATS}/${id}/ping/${tokenOf(id)}/more`, { auth: null });
    const log = JSON.stringify(logger.entries);
    expect(log).toContain(`${HEARTBEATS}/${id}/ping/***`);
    expect(log).not.toContain(tokenOf(id));
  });
});

describe('pings without PING_SECRET', () => {
  it('need credentials', async () => {
    const app = await startTestApplication();
    try {
      const id = await create(app, heartbeat());
      expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}/ping-url`), [
        404,
        { name: '', description: 'no ping url: PING_SECRET is not set.' },
      ]);
      const byToken = `${HEARTBEATS}/${id}/ping/${tokenOf(id)}`;
      expectAnswer(await app.request('GET', byToken, { auth: null }), notFound(id));
      expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}/ping`), pinged(id));
    } finally {
      await app.close();
    }
  });
});
