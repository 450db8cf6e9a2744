import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, list } from '../support/canopsis';
import { exchange, request } from '../support/raw-http';

const MIB = 1024 * 1024;
const basic = (text: string | Buffer): string => `Basic ${Buffer.from(text).toString('base64')}`;
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Credentials that nobody may get in with, as the Authorization header has them; undefined for no header. */
const BAD_CREDENTIALS: [string, string | undefined][] = [
  ['no credentials', undefined],
  ['an empty header', ''],
  ['a wrong password', basic('root:wrong')],
  ['a password with more after a colon', basic('root:root:anything')],
  ['a password that is longer', basic('root:root ')],
  ['no password', basic('root:')],
  ['no colon', basic('root')],
  ['nothing at all in it', basic('')],
  ['another user', basic('admin:root')],
  ['the user in capitals', basic('ROOT:root')],
  ['a user from a prototype', basic('constructor:root')],
  ['another scheme', 'Bearer cm9vdDpyb290'],
  ['a scheme that is nearly ours', 'Basi cm9vdDpyb290'],
  ['no scheme', 'cm9vdDpyb290'],
  ['the scheme alone', 'Basic'],
  ['more than the credentials', 'Basic cm9vdDpyb290 more'],
  ['base64 that is none', 'Basic cm9vdDpyb290!'],
  ['text that is not UTF-8', basic(Buffer.from([0xff, 0x3a, 0xff]))],
  ['more than any header needs', basic(`root:${'x'.repeat(8000)}`)],
];

describe.each<[HttpFramework]>([['fastify'], ['express']])('without good credentials on %s', (framework) => {
  let app: TestApplication;
  let id: string;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
    id = await create(app);
  });
  afterAll(async () => {
    expect(await list(app)).toMatchObject([{ _id: id }]);
    await app.close();
  });

  type Options = Parameters<TestApplication['request']>[2];
  const expectLockedOut = async (method: string, path: string, options: Options = {}): Promise<void> => {
    const answer = await app.request(method, path, { auth: 'root:wrong', ...options });
    expectAnswer(answer, ERRORS.unauthenticated);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Canopsis", charset="UTF-8"');
  };

  it.each(BAD_CREDENTIALS)('nobody gets in with %s', async (_what, header) => {
    const headers: Record<string, string> = header === undefined ? {} : { Authorization: header };
    await expectLockedOut('GET', HEARTBEATS, { auth: null, headers });
    await expectLockedOut('POST', HEARTBEATS, { auth: null, json: heartbeat(), headers });
    await expectLockedOut('DELETE', `${HEARTBEATS}/${id}`, { auth: null, headers });
  });

  it.each([
    ['GET', HEARTBEATS],
    ['GET', `${HEARTBEATS}/`],
    ['GET', `${HEARTBEATS}?page=0`],
    ['GET', `${HEARTBEATS}/nobody`],
    ['DELETE', `${HEARTBEATS}/nobody`],
    ['GET', '/nowhere'],
    ['POST', '/nowhere'],
    ['GET', '/'],
    ['GET', '/health'],
    ['GET', '/health/other'],
    ['GET', '/health/live/more'],
    ['GET', '/Health/Live'],
    ['GET', '//health/live'],
    ['GET', `${HEARTBEATS}?/health/live`],
    ['PATCH', HEARTBEATS],
    ['OPTIONS', HEARTBEATS],
    ['PROPFIND', `${HEARTBEATS}/nobody`],
    ['GET', '/%'],
    ['GET', `${HEARTBEATS}/%FF`],
    ['GET', `${HEARTBEATS}/${'x'.repeat(10_000)}`],
  ])('%s %.40s is locked', (method, path) => expectLockedOut(method, path));

  it.each([
    ['JSON that is none', '{"pattern'],
    ['a body that is no heartbeat', '[]'],
    ['no body', ''],
    ['bytes that are not UTF-8', new Uint8Array([0xff, 0xfe])],
    ['2 MiB', ' '.repeat(2 * MIB)],
    ['deep nesting', '['.repeat(500_000)],
  ])('a body is not looked at: %s', async (_what, body) => {
    await expectLockedOut('POST', HEARTBEATS, { body, headers: JSON_TYPE });
    await expectLockedOut('PUT', `${HEARTBEATS}/${id}`, { body, headers: JSON_TYPE });
  });

  it.each([
    ['text/plain', {}],
    ['application/', {}],
    ['application/json', { 'Content-Encoding': 'gzip' }],
  ])('a body’s type is not looked at: %s', (type, headers) =>
    expectLockedOut('POST', HEARTBEATS, { body: '{}', headers: { 'Content-Type': type, ...headers } }),
  );

  it.each([
    ['a body that never comes', request(`POST ${HEARTBEATS}`, ['Content-Length: 10'])],
    ['a length past all limits', request(`POST ${HEARTBEATS}`, ['Content-Length: 18446744073709551615'])],
    ['chunks that never end', `${request(`POST ${HEARTBEATS}`, ['Transfer-Encoding: chunked'])}5\r\nhello`],
    ['an expectation', request(`POST ${HEARTBEATS}`, ['Expect: 100-continue'])],
    ['an expectation that nobody can meet', request(`POST ${HEARTBEATS}`, ['Expect: miracles'])],
    ['an absolute URL', request(`GET http://host${HEARTBEATS}`)],
    ['the asterisk form', request('OPTIONS *')],
    ['a tunnel', request('CONNECT host:443')],
    ['an upgrade', request(`GET ${HEARTBEATS}`, ['Connection: Upgrade', 'Upgrade: websocket'])],
    ['HTTP/1.0', `GET ${HEARTBEATS} HTTP/1.0\r\n\r\n`],
  ])('%s is not waited for', async (_what, bytes) => {
    const { answers } = await exchange(app.url, bytes);
    expect(answers).toHaveLength(1);
    for (const answer of answers) expectAnswer(answer, ERRORS.unauthenticated);
  });

  it('the health checks are open, whatever comes with them', async () => {
    for (const path of ['/health/live', '/health/ready', '/health/live/', '/health/ready?x=y']) {
      for (const auth of [null, 'root:wrong', 'root:root']) {
        expectAnswer(await app.request('GET', path, { auth }), [200, { status: 'ok' }]);
      }
      expectAnswer(await app.request('POST', path, { auth: null }), ERRORS.otherMethod);
    }
  });

  it('only the first of two headers counts', async () => {
    const [good, bad] = [basic('root:root'), basic('root:wrong')].map((value) => `Authorization: ${value}`);
    const status = async (...headers: string[]): Promise<number | undefined> =>
      (await exchange(app.url, request(`GET ${HEARTBEATS}`, headers))).answers[0]?.status;
    expect(await status(`${good}`, `${bad}`)).toBe(200);
    expect(await status(`${bad}`, `${good}`)).toBe(401);
  });
});

describe.each<[HttpFramework]>([['fastify'], ['express']])('with good credentials on %s', (framework) => {
  const users = { admin: 'pass:word:', naïve: 'pässwörd €', empty: ' ' };
  let app: TestApplication;
  beforeAll(async () => {
    const HEARTBEAT_USERS = Object.entries(users)
      .map(([name, password]) => `${name}:${password}`)
      .join(',');
    app = await startTestApplication({ framework, env: { HEARTBEAT_USERS } });
  });
  afterAll(() => app.close());

  it.each(Object.entries(users))('%s gets in', async (name, password) => {
    const encoded = Buffer.from(`${name}:${password}`).toString('base64');
    for (const scheme of ['Basic', 'basic', 'BASIC', 'bAsIc', 'Basic  ']) {
      const headers = { Authorization: `${scheme} ${encoded}` };
      expect((await app.request('GET', HEARTBEATS, { auth: null, headers })).status).toBe(200);
    }
  });

  it.each([
    ['root', 'root'],
    ['admin', 'pass'],
    ['admin', 'pass:word'],
    ['naïve', 'password'],
  ])('%s with the password %s does not', async (name, password) => {
    expectAnswer(
      await app.request('GET', HEARTBEATS, { auth: `${name}:${password}` }),
      ERRORS.unauthenticated,
    );
  });

  it('a password in Latin-1 does not', async () => {
    const bytes = Buffer.from(`naïve:${users.naïve.replace(' €', '')}`, 'latin1');
    const answer = await app.request('GET', HEARTBEATS, {
      auth: null,
      headers: { Authorization: basic(bytes) },
    });
    expectAnswer(answer, ERRORS.unauthenticated);
  });
});
