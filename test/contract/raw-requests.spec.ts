import { Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, list, notFound } from '../support/canopsis';
import { eventually } from '../support/eventually';
import { ROOT, exchange, request } from '../support/raw-http';

const JSON_TYPE = 'Content-Type: application/json';
const GET = request(`GET ${HEARTBEATS}`, [ROOT]);

describe.each<[HttpFramework]>([['fastify'], ['express']])('the bytes of a request on %s', (framework) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterAll(() => app.close());

  /** What no HTTP server can read as a request. The answer is ours, and the connection ends with it. */
  it.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['bytes of another protocol', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03])],
    ['zeros', Buffer.alloc(64)],
    ['a method that nobody knows', `BREW ${HEARTBEATS} HTTP/1.1\r\n${ROOT}\r\n\r\n`],
    ['a method in lower case', `get ${HEARTBEATS} HTTP/1.1\r\n${ROOT}\r\n\r\n`],
    ['no target', 'GET HTTP/1.1\r\n\r\n'],
    ['a relative target', 'GET api HTTP/1.1\r\n\r\n'],
    ['another version', `GET ${HEARTBEATS} HTTP/9.9\r\n${ROOT}\r\n\r\n`],
    ['the start of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a space in the target', `GET ${HEARTBEATS}/a b HTTP/1.1\r\n${ROOT}\r\n\r\n`],
    ['a header without a colon', `GET ${HEARTBEATS} HTTP/1.1\r\nheader\r\n\r\n`],
    ['a header with a space in its name', `GET ${HEARTBEATS} HTTP/1.1\r\nA b: c\r\n\r\n`],
    ['a header with a zero', `GET ${HEARTBEATS} HTTP/1.1\r\nA: \0\r\n\r\n`],
    ['a length that is none', `POST ${HEARTBEATS} HTTP/1.1\r\nContent-Length: ten\r\n\r\n`],
    ['a length below zero', `POST ${HEARTBEATS} HTTP/1.1\r\nContent-Length: -1\r\n\r\n`],
    ['two lengths', `POST ${HEARTBEATS} HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    [
      'a length too long to count',
      `POST ${HEARTBEATS} HTTP/1.1\r\nContent-Length: ${'9'.repeat(30)}\r\n\r\n`,
    ],
    [
      'a length and chunks',
      `POST ${HEARTBEATS} HTTP/1.1\r\n${ROOT}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['chunks that are not last', `POST ${HEARTBEATS} HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n`],
  ])('cannot be %s', async (_what, bytes) => {
    const { answers, closed } = await exchange(app.url, bytes);
    expect(answers).toHaveLength(1);
    for (const answer of answers) expectAnswer(answer, [400, { name: '', description: 'bad request.' }]);
    expect(answers[0]?.headers.get('connection')).toBe('close');
    expect(closed).toBe(true);
    expect((await app.request('GET', HEARTBEATS)).status).toBe(200);
  });

  it('cannot be a chunk of no size', async () => {
    const head = request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE, 'Transfer-Encoding: chunked']);
    const { answers, closed } = await exchange(app.url, `${head}xyz\r\n`);
    for (const answer of answers) expectAnswer(answer, [400, { name: '', description: 'bad request.' }]);
    expect([answers.length, closed]).toEqual([1, true]);
  });

  it.each([
    ['one header', [`X: ${'x'.repeat(20_000)}`]],
    ['many headers', Array.from({ length: 1000 }, (_, n) => `X-${n}: ${'x'.repeat(20)}`)],
    ['the credentials', [`Authorization: Basic ${'x'.repeat(20_000)}`]],
  ])('cannot be too much: %s', async (_what, headers) => {
    const { answers, closed } = await exchange(app.url, request(`GET ${HEARTBEATS}`, headers));
    expect(answers).toHaveLength(1);
    const description = 'request header fields too large.';
    for (const answer of answers) expectAnswer(answer, [431, { name: '', description }]);
    expect(closed).toBe(true);
  });

  it('cannot be a target that is too long', async () => {
    const { answers } = await exchange(app.url, request(`GET ${HEARTBEATS}/${'x'.repeat(20_000)}`, [ROOT]));
    expectAnswer(answers[0] ?? none(), [431, { name: '', description: 'request header fields too large.' }]);
  });

  it('may lack the Host, in HTTP/1.0 too', async () => {
    for (const version of ['1.1', '1.0']) {
      const { answers } = await exchange(app.url, `GET ${HEARTBEATS} HTTP/${version}\r\n${ROOT}\r\n\r\n`);
      expectAnswer(answers[0] ?? none(), [200, []]);
    }
  });

  it('may not expect what nobody can do', async () => {
    const { answers } = await exchange(app.url, request(`GET ${HEARTBEATS}`, [ROOT, 'Expect: miracles']));
    expectAnswer(answers[0] ?? none(), [417, { name: '', description: 'expectation failed.' }]);
  });

  it('may wait to be asked to continue', async () => {
    const body = JSON.stringify(heartbeat());
    const sent = request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE, 'Expect: 100-continue'], body);
    const { answers } = await exchange(app.url, sent);
    expect(answers).toMatchObject([{ status: 200, json: { name: 'heartbeat created' } }]);
    const { description } = answers[0]?.json as { description: string };
    await app.request('DELETE', `${HEARTBEATS}/${description}`);
  });

  it.each([
    ['a tunnel', 'CONNECT host:443 HTTP/1.1\r\nHost: host:443\r\n'],
    ['a tunnel with a path', `CONNECT ${HEARTBEATS} HTTP/1.1\r\nHost: a\r\n`],
  ])('cannot ask for %s', async (_what, head) => {
    const { answers, closed } = await exchange(app.url, `${head}${ROOT}\r\n\r\n`);
    expect(answers).toHaveLength(1);
    for (const answer of answers) expectAnswer(answer, [400, { name: '', description: 'bad request.' }]);
    expect(closed).toBe(true);
  });

  it('asking for another protocol is a request like others', async () => {
    const headers = [ROOT, 'Connection: Upgrade', 'Upgrade: h2c'];
    expectAnswer((await exchange(app.url, request(`GET ${HEARTBEATS}`, headers))).answers[0] ?? none(), [
      200,
      [],
    ]);
  });

  it('may hold several requests at once, answered in order', async () => {
    const body = JSON.stringify(heartbeat());
    const bytes = [
      GET,
      request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE], body),
      request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE], '{'),
      request(`GET ${HEARTBEATS}/nobody`, [ROOT]),
      request(`GET ${HEARTBEATS}`),
      request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE], '[]'),
      request('GET /nowhere', [ROOT]),
      GET,
    ].join('');
    const { answers, closed } = await exchange(app.url, bytes, { answers: 8 });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 404, 401, 400, 404, 200]);
    expectAnswer(answers[3] ?? none(), notFound('nobody'));
    expectAnswer(answers[5] ?? none(), ERRORS.invalidPayload);
    expect(closed).toBe(false);
    const { description } = answers[1]?.json as { description: string };
    await app.request('DELETE', `${HEARTBEATS}/${description}`);
  });

  it('may come one by one', async () => {
    const body = JSON.stringify(heartbeat());
    const bytes = request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE], body);
    const { answers } = await exchange(app.url, Array.from(bytes));
    const { description } = answers[0]?.json as { description: string };
    expectAnswer(await app.request('DELETE', `${HEARTBEATS}/${description}`), [
      200,
      { name: 'heartbeat removed', description },
    ]);
  });

  it.each([
    [
      'a body that is too large',
      request(`POST ${HEARTBEATS}`, [ROOT, JSON_TYPE], ' '.repeat(1_100_000)),
      413,
    ],
    ['a body that is not looked at', request(`POST ${HEARTBEATS}`, [JSON_TYPE], ' '.repeat(1_100_000)), 401],
    ['a body on an unknown route', request('POST /nowhere', [ROOT, JSON_TYPE], '{'), 404],
    ['a body of a GET', request(`GET ${HEARTBEATS}/nobody`, [ROOT, JSON_TYPE], '{'), 404],
    ['a URL that cannot be decoded', request('GET /%', [ROOT]), 400],
  ])('go on after %s', async (_what, bytes, status) => {
    const { answers } = await exchange(app.url, [bytes, GET], { answers: 2 });
    expect(answers.map((answer) => answer.status)).toEqual([status, 200]);
    expectAnswer(answers[1] ?? none(), [200, []]);
  });

  it('may be a DEL, of which nothing is kept', async () => {
    const emit = jest.spyOn(Server.prototype, 'emit');
    const bytes = request(`DEL ${HEARTBEATS}/nobody`, [ROOT]);
    const exchanges = await Promise.all([1, 2, 3].map(() => exchange(app.url, bytes)));
    for (const { answers } of exchanges) expectAnswer(answers[0] ?? none(), notFound('nobody'));
    const connections = (emit.mock.calls as unknown[][])
      .filter(([event, connection]) => event === 'connection' && !(connection instanceof Socket))
      .map(([, connection]) => connection as Duplex);
    emit.mockRestore();
    expect(connections).toHaveLength(3);
    await eventually(() => Promise.resolve(connections.every(({ closed }) => closed)));
  });

  it('that were refused have changed nothing', async () => {
    const id = await create(app);
    expect(await list(app)).toMatchObject([{ _id: id }]);
  });
});

function none(): never {
  throw new Error('no answer came');
}
