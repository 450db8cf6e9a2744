import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create, heartbeat } from '../support/canopsis';
import { KeepingLogger } from '../support/log';

const LOOPBACK = expect.stringMatching(/^(::ffff:)?127\.0\.0\.1$/) as string;

describe.each<[HttpFramework]>([['fastify'], ['express']])('the audit lines on %s', (framework) => {
  let app: TestApplication;
  let logger: KeepingLogger;
  beforeEach(async () => {
    logger = new KeepingLogger();
    const env = { HEARTBEAT_USERS: 'root:root,ada:secret', TRUSTED_PROXIES: '127.0.0.1' };
    app = await startTestApplication({ framework, logger, env });
  });
  afterEach(() => app.close());

  it('say who created, updated and removed which heartbeat, from where', async () => {
    const requestId: unknown = expect.any(String);
    const pattern = { connector: 'hush', token: 'hush' };
    const id = await create(app, heartbeat({ pattern, author: 'hush', output: 'hush' }));
    await app.request('PUT', `${HEARTBEATS}/${id}`, {
      auth: 'ada:secret',
      json: heartbeat({ pattern }),
      headers: { 'X-Forwarded-For': '192.0.2.7:4711', 'X-Request-Id': 'change-7' },
    });
    await app.request('DELETE', `${HEARTBEATS}/${id}`);
    expect(logger.of('Audit')).toEqual([
      {
        msg: 'heartbeat created',
        user: 'root',
        action: 'created',
        heartbeat: id,
        address: LOOPBACK,
        requestId,
      },
      {
        msg: 'heartbeat updated',
        user: 'ada',
        action: 'updated',
        heartbeat: id,
        address: '192.0.2.7',
        requestId: 'change-7',
      },
      {
        msg: 'heartbeat removed',
        user: 'root',
        action: 'removed',
        heartbeat: id,
        address: LOOPBACK,
        requestId,
      },
    ]);
    expect(JSON.stringify(logger.of('Audit'))).not.toMatch(/hush|secret/);
  });

  it('say nothing of what changed nothing', async () => {
    const id = await create(app);
    await app.request('POST', HEARTBEATS, { json: {} });
    await app.request('POST', HEARTBEATS, { auth: 'root:wrong', json: heartbeat() });
    await app.request('PUT', `${HEARTBEATS}/nobody`, { json: heartbeat() });
    await app.request('DELETE', `${HEARTBEATS}/nobody`);
    await app.request('GET', `${HEARTBEATS}/${id}`);
    expect(logger.of('Audit')).toHaveLength(1);
  });

  it('are one for each change, however many wanted to make it', async () => {
    const json = heartbeat();
    const all = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 16 }, work));
    const answers = await all(() => app.request('POST', HEARTBEATS, { json }));
    const made = answers.find(({ status }) => status === 200)?.json as { description: string };
    await all(() => app.request('DELETE', `${HEARTBEATS}/${made.description}`));
    expect(logger.of('Audit')).toMatchObject([
      { action: 'created', heartbeat: made.description },
      { action: 'removed', heartbeat: made.description },
    ]);
  });
});
