import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, expectAnswer } from '../support/canopsis';
import { ROOT, exchange, request } from '../support/raw-http';

const PROTECTION = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

describe.each<[HttpFramework]>([['fastify'], ['express']])('the headers on %s', (framework) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterAll(() => app.close());

  const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `X${n}: a`);

  it.each<[string, string, number]>([
    ['an answer', request(`GET ${HEARTBEATS}`, [ROOT]), 200],
    ['a health check', request('GET /health/live'), 200],
    ['a request without credentials', request(`GET ${HEARTBEATS}`), 401],
    ['an unknown id', request(`GET ${HEARTBEATS}/x`, [ROOT]), 404],
    ['an unknown route', request('GET /nowhere', [ROOT]), 404],
    ['another method', request(`PATCH ${HEARTBEATS}`, [ROOT]), 405],
    ['a method that Nest does not know', request(`PROPFIND ${HEARTBEATS}`, [ROOT]), 405],
    ['an invalid body', request(`POST ${HEARTBEATS}`, [ROOT], '{'), 400],
    ['a body that is too large', request(`POST ${HEARTBEATS}`, [ROOT], ' '.repeat(1_100_000)), 413],
    ['a URL that cannot be decoded', request('GET /%', [ROOT]), 400],
    ['what is no request', 'garbage\r\n\r\n', 400],
    ['headers that are too large', request('GET /', [`X: ${'x'.repeat(20_000)}`]), 431],
    ['too many headers', request(`GET ${HEARTBEATS}`, [...many(199), ROOT]), 431],
    ['an expectation', request(`GET ${HEARTBEATS}`, [ROOT, 'Expect: miracles']), 417],
    ['a tunnel', request('CONNECT host:443', [ROOT]), 400],
    ['DEL', request(`DEL ${HEARTBEATS}/x`, [ROOT]), 404],
  ])('protect %s, each once', async (_what, bytes, status) => {
    const { answers } = await exchange(app.url, bytes);
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    const { headers = new Headers() } = answers[0] ?? {};
    expect(Object.fromEntries(headers)).toMatchObject(PROTECTION);
    for (const name of ['strict-transport-security', 'x-powered-by', 'server']) {
      expect(headers.has(name)).toBe(false);
    }
  });

  it('may be 200, and no more', async () => {
    const fields = (count: number): string => request(`GET ${HEARTBEATS}`, [ROOT, ...many(count - 2)]);
    const { answers } = await exchange(
      app.url,
      [fields(200), fields(201), request(`GET ${HEARTBEATS}`, [ROOT])],
      {
        answers: 3,
      },
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 431, 200]);
    for (const answer of answers.slice(1, 2)) {
      expectAnswer(answer, [431, { name: '', description: 'request header fields too large.' }]);
    }
  });
});
