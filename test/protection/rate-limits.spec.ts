import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, type Expected, expectAnswer, heartbeat, list } from '../support/canopsis';

const TOO_MANY: Expected = [429, { name: '', description: 'too many requests, try again later.' }];
const EVENTS = '/api/v2/event';
const EVENT = { connector: 'c', connector_name: 'n', event_type: 'check', component: 'host' };

describe.each<[HttpFramework]>([['fastify'], ['express']])('limits of each user on %s', (framework) => {
  let app: TestApplication;
  const start = async (env: Record<string, string> = {}): Promise<void> => {
    app = await startTestApplication({ framework, env: { HEARTBEAT_USERS: 'root:root,ada:secret', ...env } });
  };
  afterEach(() => app.close());

  const create = (auth: string): Promise<Answer> =>
    app.request('POST', HEARTBEATS, { auth, json: heartbeat() });
  const post = (events: unknown): Promise<Answer> => app.request('POST', EVENTS, { json: events });
  const expectLimited = (answer: Answer, seconds: RegExp = /^[1-9]\d*$/): void => {
    expectAnswer(answer, TOO_MANY);
    expect(answer.headers.get('retry-after')).toMatch(seconds);
  };
  const timed = async (work: () => Promise<Answer[]>): Promise<[Answer[], number]> => {
    const began = performance.now();
    return [await work(), (performance.now() - began) / 1_000];
  };

  it('hold for changes of heartbeats, which are made or refused whole', async () => {
    await start({ RATE_LIMIT_WRITES: '1' });
    const [answers, seconds] = await timed(() =>
      Promise.all(Array.from({ length: 30 }, () => create('root:root'))),
    );
    const made = answers.filter(({ status }) => status === 200);
    for (const answer of answers.filter((one) => !made.includes(one))) expectLimited(answer, /^1$/);
    expect(made.length).toBeGreaterThanOrEqual(2);
    expect(made.length).toBeLessThanOrEqual(3 + seconds);
    expect(await list(app)).toHaveLength(made.length);
    const { description } = made[0]?.json as { description: string };
    const others = await Promise.all(
      ['PUT', 'DELETE'].flatMap((method) =>
        Array.from({ length: 10 }, () =>
          app.request(method, `${HEARTBEATS}/${description}`, {
            ...(method === 'PUT' && { json: heartbeat() }),
          }),
        ),
      ),
    );
    expect(others.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  it('leave alone other users, reading, and events', async () => {
    await start({ RATE_LIMIT_WRITES: '1' });
    await Promise.all(Array.from({ length: 30 }, () => create('root:root')));
    expect((await create('ada:secret')).status).toBe(200);
    for (let n = 0; n < 5; n += 1) expect((await app.request('GET', HEARTBEATS)).status).toBe(200);
    for (let n = 0; n < 5; n += 1) expect((await post(EVENT)).status).toBe(200);
  });

  it('hold for events, however many come in one request', async () => {
    await start({ RATE_LIMIT_EVENTS: '10' });
    const answer = await post(Array.from({ length: 1_000 }, () => EVENT));
    expect((answer.json as { sent_events: unknown[] }).sent_events).toHaveLength(1_000);
    expectLimited(await post(EVENT), /^(9\d|[5-8]\d)$/);
    expectLimited(await post([]));
    expect((await create('root:root')).status).toBe(200);
  });

  it('are none unless they are set', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => create('root:root')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
