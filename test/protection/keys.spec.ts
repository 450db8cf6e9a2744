import type { HttpFramework } from '../../src/http/adapters';
import { type RequestOptions, TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, type Expected, expectAnswer, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { KEY_OF_ALICE, READING_KEY_OF_ALICE, writeUsersFile } from '../support/users-file';

const DENIED: Expected = [403, { name: '', description: 'permission denied.' }];
const withKey = (key: string): RequestOptions => ({ auth: null, headers: { 'x-canopsis-authkey': key } });
const ALICE = withKey(KEY_OF_ALICE);

describe.each<[HttpFramework]>([['fastify'], ['express']])('authentication keys on %s', (framework) => {
  let app: TestApplication;
  let directory: string;
  beforeAll(async () => {
    directory = await makeDirectory();
    const HEARTBEAT_USERS_FILE = await writeUsersFile(directory);
    app = await startTestApplication({ framework, env: { HEARTBEAT_USERS_FILE } });
  });
  afterAll(async () => {
    await app.close();
    await removeDirectory(directory);
  });

  const created = async (options: RequestOptions): Promise<string> => {
    const answer = await app.request('POST', HEARTBEATS, { ...options, json: heartbeat() });
    expect(answer).toMatchObject({ status: 200, json: { name: 'heartbeat created' } });
    return (answer.json as { description: string }).description;
  };

  it('let in beside the password, the first time and from memory', async () => {
    for (const options of [ALICE, { auth: 'alice:wonder' }, ALICE]) {
      const id = await created(options);
      expect((await app.request('GET', `${HEARTBEATS}/${id}`, options)).status).toBe(200);
      expect((await app.request('DELETE', `${HEARTBEATS}/${id}`, options)).status).toBe(200);
    }
    const capitals = { auth: null, headers: { 'X-CANOPSIS-AUTHKEY': KEY_OF_ALICE } };
    expect((await app.request('GET', HEARTBEATS, capitals)).status).toBe(200);
  });

  it.each([
    ['an unknown one', 'c'.repeat(43)],
    ['the beginning of one', KEY_OF_ALICE.slice(1)],
    ['one and more', `${KEY_OF_ALICE}a`],
    ['two', `${KEY_OF_ALICE}, ${READING_KEY_OF_ALICE}`],
    ['its hash', 'sha256$' + '0'.repeat(64)],
    ['none', ''],
  ])('refuse %s, with good Basic credentials beside it too', async (_what, key) => {
    for (const auth of [null, 'alice:wonder']) {
      const answer = await app.request('POST', HEARTBEATS, { ...withKey(key), auth, json: heartbeat() });
      expectAnswer(answer, ERRORS.unauthenticated);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Canopsis", charset="UTF-8"');
    }
  });

  it('count alone where there are Basic credentials too, bad ones or those of another user', async () => {
    for (const auth of ['alice:wrong', 'victor:view']) {
      await created({ ...ALICE, auth });
      const reading = { ...withKey(READING_KEY_OF_ALICE), auth: 'alice:wonder' };
      expectAnswer(await app.request('POST', HEARTBEATS, { ...reading, json: heartbeat() }), DENIED);
    }
  });

  it('are no password, and no Authorization header', async () => {
    for (const Authorization of [KEY_OF_ALICE, `Key ${KEY_OF_ALICE}`, `Bearer ${KEY_OF_ALICE}`]) {
      const answer = await app.request('GET', HEARTBEATS, { auth: null, headers: { Authorization } });
      expectAnswer(answer, ERRORS.unauthenticated);
    }
    expectAnswer(
      await app.request('GET', HEARTBEATS, { auth: `alice:${KEY_OF_ALICE}` }),
      ERRORS.unauthenticated,
    );
  });

  it.each<[string, RequestOptions]>([
    ['a key', withKey(READING_KEY_OF_ALICE)],
    ['a password', { auth: 'victor:view' }],
  ])('and passwords may be read-only: %s', async (_what, options) => {
    const id = await created(ALICE);
    const before = await app.request('GET', HEARTBEATS, ALICE);
    for (const path of [
      HEARTBEATS,
      `${HEARTBEATS}?page=1`,
      `${HEARTBEATS}/${id}`,
      '/api/v2/heartbeat-state',
    ]) {
      expect((await app.request('GET', path, options)).status).toBe(200);
    }
    expect((await app.request('HEAD', HEARTBEATS, options)).status).toBe(200);
    expect((await app.request('GET', '/nowhere', options)).status).toBe(404);
    const refused: [string, string, RequestOptions][] = [
      ['POST', HEARTBEATS, { json: heartbeat() }],
      ['POST', HEARTBEATS, { body: '{' }],
      ['POST', HEARTBEATS, { body: ' '.repeat(2 * 1024 * 1024) }],
      ['PUT', `${HEARTBEATS}/${id}`, { json: heartbeat() }],
      ['DELETE', `${HEARTBEATS}/${id}`, {}],
      ['DELETE', `${HEARTBEATS}/nobody`, {}],
      ['POST', '/api/v2/event', { json: {} }],
      ['PATCH', HEARTBEATS, {}],
      ['OPTIONS', HEARTBEATS, {}],
      ['POST', '/nowhere', {}],
    ];
    for (const [method, path, body] of refused) {
      expectAnswer(await app.request(method, path, { ...body, ...options }), DENIED);
    }
    expect((await app.request('GET', HEARTBEATS, ALICE)).json).toEqual(before.json);
  });

  it('leave the health checks open', async () => {
    expect((await app.request('GET', '/health/live', withKey('wrong'))).status).toBe(200);
  });
});
