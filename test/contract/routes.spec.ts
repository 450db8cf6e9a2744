import { METHODS } from 'node:http';
import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, notFound } from '../support/canopsis';
import { ROOT, exchange, request } from '../support/raw-http';

const OTHER_METHODS = [
  // Not every version of Node can read it.
  ...METHODS.filter((method) => method === 'QUERY'),
  'PATCH',
  'OPTIONS',
  'PROPFIND',
  'MKCOL',
  'SEARCH',
  'PURGE',
  'REPORT',
  'LINK',
  'M-SEARCH',
];

describe.each<[HttpFramework]>([['fastify'], ['express']])('routes on %s', (framework) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterAll(() => app.close());

  it.each([
    '/',
    '/api',
    '/api/v2',
    '/api/v2/heartbeats',
    '/api/v2/heartbeat.json',
    '/api/v1/heartbeat',
    '/api/v2/heartbeat/a/b',
    '/api/v2/heartbeat//',
    '/api/v2//heartbeat',
    '//api/v2/heartbeat',
    '/API/V2/HEARTBEAT',
    '/api/v2/Heartbeat/x',
    '/health',
    '/health/other',
    '/favicon.ico',

    '/?page=1',
    '/%00',
    '/*',
    '/constructor',
    '/__proto__',
  ])('%s is none', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const body = method === 'POST' ? '{}' : '';
      const line = `${method} ${path}`;
      const { answers } = await exchange(
        app.url,
        request(line, [ROOT, 'Content-Type: application/json'], body),
      );
      expectAnswer(answers[0] ?? none(), ERRORS.unknownRoute);
    }
  });

  describe.each([
    [HEARTBEATS, 'GET, HEAD, POST', ['PUT', 'DELETE']],
    [`${HEARTBEATS}/`, 'GET, HEAD, POST', ['PUT', 'DELETE']],
    [`${HEARTBEATS}/any`, 'DELETE, GET, HEAD, PUT', ['POST']],
    [`${HEARTBEATS}/any/`, 'DELETE, GET, HEAD, PUT', ['POST']],
    [`${HEARTBEATS}?page=1`, 'GET, HEAD, POST', ['PUT']],
    ['/health/live', 'GET, HEAD', ['POST', 'PUT', 'DELETE']],
    ['/health/ready', 'GET, HEAD', ['POST', 'PUT', 'DELETE']],
  ])('%s', (path, allowed, others) => {
    it.each([...others, ...OTHER_METHODS])('does not know %s, and says what it knows', async (method) => {
      const { answers } = await exchange(app.url, request(`${method} ${path}`, [ROOT]));
      expectAnswer(answers[0] ?? none(), ERRORS.otherMethod);
      expect(answers[0]?.headers.get('allow')).toBe(allowed);
    });

    it.each(others)('does not know %s with a body either', async (method) => {
      const headers = [ROOT, 'Content-Type: application/json'];
      for (const body of ['{}', 'not JSON']) {
        const { answers } = await exchange(app.url, request(`${method} ${path}`, headers, body));
        expectAnswer(answers[0] ?? none(), ERRORS.otherMethod);
      }
    });
  });

  it('answer HEAD as GET, without the body', async () => {
    const id = await create(app);
    for (const path of [
      HEARTBEATS,
      `${HEARTBEATS}/`,
      `${HEARTBEATS}/${id}`,
      '/health/live',
      '/health/ready',
    ]) {
      const get = await app.request('GET', path);
      const { answers } = await exchange(app.url, request(`HEAD ${path}`, [ROOT]), { bodyless: true });
      expect(answers[0]).toMatchObject({ status: 200, text: '' });
      for (const header of ['content-type', 'content-length', 'cache-control']) {
        expect(answers[0]?.headers.get(header)).toBe(get.headers.get(header));
      }
    }
  });

  it.each([
    ['/api/v2/nothing', 404],
    [`${HEARTBEATS}/nobody`, 404],
    [`${HEARTBEATS}?page=0`, 400],
  ])('answer HEAD %s with the error’s status alone', async (path, status) => {
    const { answers } = await exchange(app.url, request(`HEAD ${path}`, [ROOT]), { bodyless: true });
    expect(answers).toMatchObject([{ status, text: '' }]);
    expect(answers[0]?.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each([
    '%',
    '/%',
    '/api/v2/heartbeat/%',
    '/api/v2/heartbeat/%zz',
    '/api/v2/heartbeat/%FF',
    '/%C3%28',
    '/a%2',
  ])('cannot be found in %s, which cannot be decoded', async (path) => {
    const { answers } = await exchange(
      app.url,
      request(`GET ${path.startsWith('/') ? path : `/${path}`}`, [ROOT]),
    );
    expectAnswer(answers[0] ?? none(), ERRORS.invalidUrl);
  });

  it('are found by absolute URLs too, as a proxy sends them', async () => {
    const id = await create(app);
    const get = async (path: string): Promise<number | undefined> =>
      (await exchange(app.url, request(`GET http://any.host:81${path}`, [ROOT]))).answers[0]?.status;
    expect(await get(HEARTBEATS)).toBe(200);
    expect(await get(`${HEARTBEATS}/${id}`)).toBe(200);
    expect(await get(`${HEARTBEATS}?page=0`)).toBe(400);
    const inCapitals = await exchange(app.url, request(`GET HTTP://any.host${HEARTBEATS}?page=1`, [ROOT]));
    expect(inCapitals.answers[0]?.status).toBe(200);
    const other = await exchange(app.url, request(`PATCH http://any.host${HEARTBEATS}`, [ROOT]));
    expectAnswer(other.answers[0] ?? none(), ERRORS.otherMethod);
    expect(other.answers[0]?.headers.get('allow')).toBe('GET, HEAD, POST');
    const unknown = await exchange(app.url, request('GET http://any.host/api', [ROOT]));
    expectAnswer(unknown.answers[0] ?? none(), ERRORS.unknownRoute);
    const health = await exchange(app.url, request('GET http://any.host/health/live'));
    expectAnswer(health.answers[0] ?? none(), [200, { status: 'ok' }]);
  });

  it('are none in the asterisk form', async () => {
    const { answers } = await exchange(app.url, request('OPTIONS *', [ROOT]));
    expectAnswer(answers[0] ?? none(), ERRORS.unknownRoute);
  });
});

describe.each<[HttpFramework]>([['fastify'], ['express']])('an id on %s', (framework) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterAll(() => app.close());

  it.each([
    'a b',
    'a/b',
    '/',
    'é😀',
    '\0',
    '%',
    '%2F',
    '%41',
    '+',
    'a?b#c',
    ':id',
    '..',
    '$ne',
    '{"$gt":""}',
    '[object Object]',
    '__proto__',
    'constructor',
    "'; --",
    'a;b=c',
    'a,b',
    '"<b>\\',
    '\r\nX: y',
    '0',
    'x'.repeat(10_000),
    '/'.repeat(3_000),
  ])('that nobody has comes back decoded: %j', async (id) => {
    // Dots would be taken for steps in the path if they were not encoded by hand.
    const path = `${HEARTBEATS}/${encodeURIComponent(id).replace(/\./g, '%2E')}`;
    const body = JSON.stringify(heartbeat());
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const headers = [ROOT, ...(method === 'PUT' ? ['Content-Type: application/json'] : [])];
      const sent = request(`${method} ${path}`, headers, method === 'PUT' ? body : '');
      const { answers } = await exchange(app.url, sent);
      expectAnswer(answers[0] ?? none(), notFound(id));
    }
  });

  it('may be written with any of its characters encoded', async () => {
    const id = await create(app);
    const encoded = Array.from(id, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
    expect((await app.request('GET', `${HEARTBEATS}/${encoded}`)).json).toHaveProperty('_id', id);
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}%20`), notFound(`${id} `));
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}%2F`), notFound(`${id}/`));
    expect((await app.request('GET', `${HEARTBEATS}/${id}?page=0&x=y`)).json).toHaveProperty('_id', id);
  });

  it('is compared exactly', async () => {
    const id = await create(app);
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id.toUpperCase()}`), notFound(id.toUpperCase()));
    expectAnswer(await app.request('DELETE', `${HEARTBEATS}/${id.slice(1)}`), notFound(id.slice(1)));
    expect((await app.request('GET', `${HEARTBEATS}/${id}`)).status).toBe(200);
  });
});

function none(): never {
  throw new Error('no answer came');
}
