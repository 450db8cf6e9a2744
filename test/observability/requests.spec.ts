import { setTimeout as delay } from 'node:timers/promises';
import type { HttpFramework } from '../../src/http/adapters';
import { HeartbeatCollection } from '../../src/heartbeat/heartbeat-collection';
import { type TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { eventually } from '../support/eventually';
import { RememberingLogger } from '../support/log';
import { ROOT, exchange, request } from '../support/raw-http';

const ID = 'x-request-id';
const SECRET = 'hunter2-hunter2';

describe.each<HttpFramework>(['fastify', 'express'])('a request on %s', (framework) => {
  let app: TestApplication;
  let log: RequestLines;

  beforeAll(async () => {
    log = new RequestLines();
    app = await startTestApplication({ framework, logger: log, env: { LOG_LEVEL: 'debug' } });
  });
  beforeEach(() => log.forget());
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  const idOf = async (method: string, path: string, given?: string): Promise<string | null> => {
    const headers = given === undefined ? undefined : { 'X-Request-Id': given };
    return (await app.request(method, path, { headers })).headers.get(ID);
  };

  it.each(['a', 'A.b_c:d-9', 'x'.repeat(64)])('keeps the name %j that its client gave it', async (given) => {
    expect(await idOf('GET', HEARTBEATS, given)).toBe(given);
  });

  it.each(['', 'a b', 'x'.repeat(65), 'a,b', 'é', '"'])('gets another name than %j', async (given) => {
    expect(await idOf('GET', HEARTBEATS, given)).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  });

  it('gets a name that no other has', async () => {
    const names = await Promise.all(Array.from({ length: 20 }, () => idOf('GET', HEARTBEATS)));
    expect(new Set(names).size).toBe(20);
  });

  it.each([
    ['an answer', request(`GET ${HEARTBEATS}`, [ROOT, 'X-Request-Id: me'])],
    ['401', request(`GET ${HEARTBEATS}`, ['X-Request-Id: me'])],
    ['404', request('GET /nowhere', [ROOT, 'X-Request-Id: me'])],
    ['404 of a heartbeat', request(`GET ${HEARTBEATS}/none`, [ROOT, 'X-Request-Id: me'])],
    ['405', request(`PATCH ${HEARTBEATS}`, [ROOT, 'X-Request-Id: me'])],
    ['413', request(`POST ${HEARTBEATS}`, [ROOT, 'X-Request-Id: me'], ' '.repeat(1_100_000))],
    ['an unknown method', request(`PROPFIND ${HEARTBEATS}`, [ROOT, 'X-Request-Id: me'])],
    ['a path that cannot be decoded', request('GET /%', [ROOT, 'X-Request-Id: me'])],
    ['the same without credentials', request('GET /%', ['X-Request-Id: me'])],
    ['an expectation', request(`GET ${HEARTBEATS}`, [ROOT, 'X-Request-Id: me', 'Expect: miracles'])],
    ['CONNECT', request('CONNECT host:443', [ROOT, 'X-Request-Id: me'])],
    ['DEL', request(`DEL ${HEARTBEATS}/none`, [ROOT, 'X-Request-Id: me'])],
    ['a health check', request('GET /health/live', ['X-Request-Id: me'])],
    ['the metrics', request('GET /metrics', [ROOT, 'X-Request-Id: me'])],
  ])('has its name in %s', async (_what, bytes) => {
    const { answers } = await exchange(app.url, bytes);
    expect(answers.map(({ headers }) => headers.get(ID))).toEqual(['me']);
  });

  it('is one line at debug, without query, body and credentials', async () => {
    const path = `${HEARTBEATS}/some?token=${SECRET}`;
    await app.request('GET', path, { headers: { 'X-Request-Id': 'me', Cookie: SECRET } });
    await log.has(1);
    expect(log.requests).toEqual([
      [
        'debug',
        {
          msg: 'request',
          ...{ id: 'me', method: 'GET', route: `${HEARTBEATS}/:id`, path: `${HEARTBEATS}/some` },
          ...{ status: 404, ms: expect.any(Number) as number, user: 'root' },
        },
      ],
    ]);
    await app.request('POST', HEARTBEATS, { json: { ...heartbeat(), output: SECRET } });
    await app.request('GET', HEARTBEATS, { auth: `root:${SECRET}` });
    await app.request('GET', '/nowhere', { auth: null });
    await log.has(4);
    expect(log.requests.slice(1).map(([, line]) => [line.route, line.status, line.user])).toEqual([
      [HEARTBEATS, 200, 'root'],
      [HEARTBEATS, 401, undefined],
      ['unknown', 401, undefined],
    ]);
    const basic = Buffer.from(`root:${SECRET}`).toString('base64');
    for (const text of [SECRET, basic]) expect(JSON.stringify(log.requests)).not.toContain(text);
  });

  it('is a warning where it failed, with its name in the line of the error', async () => {
    jest.spyOn(HeartbeatCollection.prototype, 'readAll').mockImplementation(() => {
      throw new TypeError('a fault of ours');
    });
    const answer = await app.request('GET', `${HEARTBEATS}?page=1`, {
      headers: { 'X-Request-Id': 'broken-1' },
    });
    expect(answer).toMatchObject({ status: 500, json: { name: '', description: 'internal server error.' } });
    await log.has(1);
    expect(log.requests).toMatchObject([['warn', { id: 'broken-1', status: 500 }]]);
    expect(log.lines.join('\n')).toContain('unforeseen error in request broken-1');
  });

  it('is told of where its client went away before the answer', async () => {
    let release = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      jest.spyOn(HeartbeatCollection.prototype, 'readAll').mockImplementation(() => {
        resolve();
        return new Promise((answer) => (release = () => answer([])));
      });
    });
    const abort = new AbortController();
    const headers = { Authorization: ROOT.slice('Authorization: '.length) };
    const call = fetch(`${app.url}${HEARTBEATS}?page=1`, { headers, signal: abort.signal });
    await begun;
    abort.abort();
    await expect(call).rejects.toThrow();
    await log.has(1);
    release();
    expect(log.requests).toMatchObject([['debug', { status: 499 }]]);
  });
});

describe('a slow request', () => {
  it('is a warning, and no other is told of', async () => {
    const log = new RequestLines();
    const env = { SLOW_REQUEST: '1s', LOG_LEVEL: 'warn' };
    const app = await startTestApplication({ logger: log, env });
    jest.spyOn(HeartbeatCollection.prototype, 'readAll').mockImplementation(() => delay(1_010, []));
    await app.request('GET', '/nowhere');
    await app.request('GET', `${HEARTBEATS}?page=1`);
    await log.has(1);
    jest.restoreAllMocks();
    await app.close();
    expect(log.requests).toMatchObject([['warn', { route: HEARTBEATS, status: 200 }]]);
  });
});

/** Keeps what is logged, and the lines of requests as they are. */
class RequestLines extends RememberingLogger {
  readonly requests: [level: string, line: Record<string, unknown>][] = [];

  override debug(message: unknown, context?: string): void {
    if (context === 'Http') this.requests.push(['debug', message as Record<string, unknown>]);
  }

  override warn(message: unknown, context?: string): void {
    if (context === 'Http') this.requests.push(['warn', message as Record<string, unknown>]);
    else super.warn(message, context);
  }

  forget(): void {
    this.requests.length = 0;
    this.lines.length = 0;
  }

  async has(count: number): Promise<void> {
    await eventually(() => Promise.resolve(this.requests.length >= count));
  }
}
