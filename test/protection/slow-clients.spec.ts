import { connect } from 'node:net';
import type { HttpFramework } from '../../src/http/adapters';
import { SERVER_LIMITS, type ServerLimits } from '../../src/http/limits';
import { TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, expectAnswer, list } from '../support/canopsis';
import { V4, V4_BULK } from '../support/canopsis-v4';
import { type Exchange, ROOT, exchange, request } from '../support/raw-http';

const JSON_TYPE = 'Content-Type: application/json';
const WHOLE = request(`GET ${HEARTBEATS}`, [ROOT]);
/** Long enough for a busy machine to answer in. */
const SHORT: Partial<ServerLimits> = { headMs: 1_500, requestMs: 2_500, keepAliveMs: 500, checkMs: 50 };

it('clients have time enough by default, and no more', () => {
  const { headMs, requestMs, keepAliveMs, idleMs, checkMs } = SERVER_LIMITS;
  expect([headMs, requestMs, keepAliveMs, idleMs, checkMs]).toEqual([10_000, 60_000, 72_000, 120_000, 1_000]);
});

describe.each<[HttpFramework]>([['fastify'], ['express']])('a client on %s', (framework) => {
  let app: TestApplication;
  const start = async (limits: Partial<ServerLimits>, env = {}): Promise<void> => {
    app = await startTestApplication({ framework, limits, env });
  };
  afterEach(() => app.close());

  const expectTimedOut = ({ answers, closed }: Exchange): void => {
    expect(closed).toBe(true);
    expect(answers).toHaveLength(1);
    for (const answer of answers) {
      expectAnswer(answer, [408, { name: '', description: 'request timeout.' }]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('connection')).toBe('close');
    }
  };

  it.each([
    ['nothing', ''],
    ['half a line', 'GET /api'],
    ['a header without an end', `GET ${HEARTBEATS} HTTP/1.1\r\n${ROOT}\r\nX-Slow: `],
    ['a body that stops', request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE, 'Content-Length: 100']) + '{'],
    [
      'chunks that stop',
      `${request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE, 'Transfer-Encoding: chunked'])}1\r\n{\r\n`,
    ],
  ])('that sends %s gets 408, and the connection ends', async (_what, bytes) => {
    await start(SHORT);
    expectTimedOut(await exchange(app.url, bytes));
    expect(await list(app)).toEqual([]);
  });

  it('of version 4 is told so in its form', async () => {
    await start(SHORT);
    for (const path of [V4, V4_BULK]) {
      const slow = `${request(`POST ${path}`, [ROOT, JSON_TYPE, 'Content-Length: 100'])}{`;
      const { answers, closed } = await exchange(app.url, slow);
      expect([closed, answers.length]).toEqual([true, 1]);
      expect(answers[0]).toMatchObject({ status: 408, json: { error: 'Request Timeout' } });
    }
  });

  it('that sends a byte now and then gets no more time for it', async () => {
    await start(SHORT);
    const { port } = new URL(app.url);
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(`GET ${HEARTBEATS} HTTP/1.1\r\nX: `),
    );
    const drip = setInterval(() => socket.write('x'), 100);
    const received: Buffer[] = [];
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk) => received.push(chunk)).on('error', () => resolve());
      socket.on('close', () => resolve());
    });
    clearInterval(drip);
    expect(Buffer.concat(received).toString()).toContain('HTTP/1.1 408 Request Timeout');
  });

  it('that asks nothing more after an answer is let go without a word', async () => {
    await start(SHORT);
    const { answers, closed } = await exchange(app.url, WHOLE, { answers: 2 });
    expect([answers.map(({ status }) => status), closed]).toEqual([[200], true]);
  });

  it('that begins a second request and does not end it gets 408 for that', async () => {
    await start({ ...SHORT, keepAliveMs: 60_000 });
    const { answers, closed } = await exchange(app.url, `${WHOLE}GET /`, { answers: 3 });
    expect([answers.map(({ status }) => status), closed]).toEqual([[200, 408], true]);
  });

  it('that does nothing at all for long is let go', async () => {
    await start({ idleMs: 500 });
    const { answers, closed } = await exchange(app.url, 'GET /api');
    expect([answers, closed]).toEqual([[], true]);
  });

  it('that is one too many is let go at once, and the others stay', async () => {
    await start({}, { MAX_CONNECTIONS: '1' });
    const { port } = new URL(app.url);
    const first = connect(Number(port), '127.0.0.1');
    const answer = (): Promise<string> =>
      new Promise((resolve) => {
        first.once('data', (data) => resolve(data.toString()));
        first.write(WHOLE);
      });
    expect(await answer()).toContain('HTTP/1.1 200 OK');
    expect(await exchange(app.url, WHOLE)).toEqual({ answers: [], closed: true });
    expect(await answer()).toContain('HTTP/1.1 200 OK');
    first.destroy();
  });
});
