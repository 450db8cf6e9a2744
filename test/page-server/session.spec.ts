import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { HttpFramework } from '../../src/http/adapters';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, expectAnswer, heartbeat } from '../support/canopsis';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { RememberingLogger } from '../support/log';
import { KEY_OF_ALICE, writeUsersFile } from '../support/users-file';
import { SESSION, SessionClient } from './session-client';

const ALL = ['create', 'read', 'update', 'delete', 'event'];
const FOREIGN = [403, { name: '', description: 'origin not allowed.' }] as const;
const INVALID = [400, { name: '', description: 'invalid session payload.' }] as const;
const DENIED = [403, { name: '', description: 'permission denied.' }] as const;
const HOUR = 3_600_000;

describe.each(['fastify', 'express'] as const)('sessions on %s', (framework: HttpFramework) => {
  let directory: string;
  let database: TestDatabase;
  let app: TestApplication;
  let other: TestApplication;
  let later: number;
  const log = new RememberingLogger();

  const start = (env: Record<string, string> = {}): Promise<TestApplication> =>
    startTestApplication({
      framework,
      mongodbUri: database.uri,
      logger: log,
      clock: { now: () => Date.now() + later, monotonic: () => performance.now() + later },
      env: { LOG_LEVEL: 'verbose', TRUSTED_PROXIES: '127.0.0.1', ROLE: 'api', ...env },
    });

  beforeAll(async () => {
    later = 0;
    directory = await mkdtemp(join(tmpdir(), 'users-'));
    const HEARTBEAT_USERS_FILE = await writeUsersFile(directory);
    database = await startTestDatabase();
    app = await start({ HEARTBEAT_USERS_FILE });
    other = await start({ HEARTBEAT_USERS_FILE });
  });
  afterAll(async () => {
    await app.close();
    await other.close();
    await database.close();
    await rm(directory, { recursive: true });
  });
  beforeEach(() => {
    later = 0;
  });

  const clientOf = (of = app): SessionClient => new SessionClient(of);
  const alice = async (of = app): Promise<SessionClient> => {
    const client = clientOf(of);
    expect((await client.logIn('alice', 'wonder')).status).toBe(200);
    return client;
  };

  it('begin with name and password, serve every call, and end', async () => {
    const client = clientOf();
    expectAnswer(await client.request('GET', SESSION), [200, { user: null }]);
    expectAnswer(await client.request('GET', HEARTBEATS), ERRORS.unauthenticated);
    expectAnswer(await client.logIn('alice', 'wonder'), [200, { user: 'alice', rights: ALL }]);
    expectAnswer(await client.request('GET', SESSION), [200, { user: 'alice', rights: ALL }]);
    expect((await client.request('POST', HEARTBEATS, { json: heartbeat() })).status).toBe(200);
    expect((await client.request('GET', HEARTBEATS)).status).toBe(200);
    const { cookie } = client;
    expectAnswer(await client.logOut(), [200, { name: 'logged out', description: 'alice' }]);
    client.cookie = cookie;
    expect(await client.user()).toBeNull();
    expectAnswer(await client.request('GET', HEARTBEATS), ERRORS.unauthenticated);
    expectAnswer(await client.logOut(), ERRORS.unauthenticated);
  });

  it('tell who makes the request, whatever its credentials', async () => {
    const asked = (request: object) => app.request('GET', SESSION, request);
    expectAnswer(await asked({ auth: 'victor:view' }), [200, { user: 'victor', rights: ['read'] }]);
    const withKey = { auth: null, headers: { 'x-canopsis-authkey': KEY_OF_ALICE } };
    expectAnswer(await asked(withKey), [200, { user: 'alice', rights: ALL }]);
    expectAnswer(await asked({ auth: 'alice:wrong' }), [200, { user: null }]);
    expect((await app.request('HEAD', SESSION, { auth: null })).status).toBe(200);
  });

  it('let a user do no more than its password does', async () => {
    const client = clientOf();
    expectAnswer(await client.logIn('victor', 'view'), [200, { user: 'victor', rights: ['read'] }]);
    expect((await client.request('GET', HEARTBEATS)).status).toBe(200);
    expectAnswer(await client.request('POST', HEARTBEATS, { json: heartbeat() }), DENIED);
    expectAnswer(await client.logOut(), [200, { name: 'logged out', description: 'victor' }]);
  });

  it.each([
    ['alice', 'wrong'],
    ['nobody', 'wonder'],
    ['alice:wonder', ''],
    ['alice', ''],
    ['alice\0', 'wonder'],
  ])('do not begin for %j with %j', async (name, password) => {
    const client = clientOf();
    const answer = await client.logIn(name, password);
    expectAnswer(answer, ERRORS.unauthenticated);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(client.cookie).toBeUndefined();
  });

  it.each([
    [{ json: {} }, INVALID],
    [{ json: [] }, INVALID],
    [{ json: { name: 'alice' } }, INVALID],
    [{ json: { name: '', password: 'a' } }, INVALID],
    [{ json: { name: 'alice', password: 5 } }, INVALID],
    [{ json: { name: 'alice', password: 'x'.repeat(2_000) } }, INVALID],
    [{ body: 'name=alice&password=wonder', headers: { 'Content-Type': 'text/plain' } }, INVALID],
    [{ body: '{"name"', headers: { 'Content-Type': 'application/json' } }, ERRORS.invalidJson],
  ])('do not begin with %j', async (request, expected) => {
    expectAnswer(await clientOf().request('POST', SESSION, request), expected);
  });

  it('prompt in no browser that has the page, and in every one that has not', async () => {
    const challenge = async (headers: Record<string, string>): Promise<string | null> => {
      const answer = await app.request('GET', HEARTBEATS, { auth: null, headers });
      expectAnswer(answer, ERRORS.unauthenticated);
      return answer.headers.get('www-authenticate');
    };
    expect(await challenge({})).toBe('Basic realm="Canopsis", charset="UTF-8"');
    expect(await challenge({ 'X-Requested-With': 'page' })).toBeNull();
    expect(await challenge({ Accept: 'text/event-stream' })).toBeNull();
  });

  it('are of use to pages of this host alone where they change something', async () => {
    const client = await alice();
    const tried = async (origin: string | undefined, path = HEARTBEATS): Promise<number> => {
      const headers = { Cookie: client.cookie ?? '', ...(origin !== undefined && { Origin: origin }) };
      const request = { auth: null, headers, json: heartbeat() };
      const answer = await app.request('POST', path, request);
      if (answer.status === 403) expectAnswer(answer, FOREIGN);
      return answer.status;
    };
    const { port } = new URL(app.url);
    expect(await tried(app.url)).toBe(200);
    expect(await tried(app.url.toUpperCase())).toBe(200);
    for (const origin of [
      undefined,
      'null',
      '',
      'https://evil.example',
      `http://evil.example:${port}`,
      `http://127.0.0.1:${Number(port) + 1}`,
      'http://127.0.0.1',
      `file://127.0.0.1:${port}`,
      `${app.url}.evil.example`,
    ]) {
      expect([origin, await tried(origin)]).toEqual([origin, 403]);
    }
    expect(await tried('https://evil.example', '/api/v2/event')).toBe(403);
    const remove = await app.request('DELETE', SESSION, {
      auth: null,
      headers: { Cookie: client.cookie ?? '' },
    });
    expectAnswer(remove, FOREIGN);
    // Reading gives a foreign page nothing: it gets to see no answer.
    const reading = { auth: null, headers: { Cookie: client.cookie ?? '', Origin: 'https://evil.example' } };
    expect((await app.request('GET', HEARTBEATS, reading)).status).toBe(200);
    // Whoever names credentials needs no page.
    const named = { auth: 'alice:wonder', headers: reading.headers, json: heartbeat() };
    expect((await app.request('POST', HEARTBEATS, named)).status).toBe(200);
  });

  it('ask the host that the client asked, behind proxies that are trusted', async () => {
    const client = await alice();
    const headers = { 'X-Forwarded-Host': 'ops.example:443', Origin: 'https://ops.example' };
    expect((await client.request('POST', HEARTBEATS, { json: heartbeat(), headers })).status).toBe(200);
  });

  it('have a cookie that goes over TLS alone where the client came so', async () => {
    const cookieOf = async (headers: Record<string, string>): Promise<string | undefined> => {
      const [cookie] = (await clientOf().logIn('alice', 'wonder', { headers })).headers.getSetCookie();
      return cookie?.replace(/=[A-Za-z0-9_-]{43};/, '=…;');
    };
    expect(await cookieOf({})).toBe('heartbeat_session=…; Path=/; HttpOnly; SameSite=Strict');
    expect(await cookieOf({ 'X-Forwarded-Proto': 'https' })).toBe(
      'heartbeat_session=…; Path=/; HttpOnly; SameSite=Strict; Secure',
    );
  });

  it('have a token that nobody could have set before', async () => {
    const client = clientOf();
    client.cookie = `heartbeat_session=${'a'.repeat(43)}`;
    expect(await client.user()).toBeNull();
    await client.logIn('alice', 'wonder');
    const first = client.cookie;
    expect(first).not.toContain('aaaa');
    await client.logIn('alice', 'wonder');
    expect(client.cookie).not.toBe(first);
    client.cookie = first;
    expect(await client.user()).toBeNull();
  });

  it('are known on every node, and end on every node', async () => {
    const client = await alice();
    const there = new SessionClient(other);
    there.cookie = client.cookie;
    expect(await there.user()).toBe('alice');
    await client.logOut();
    later = 30_000;
    expect(await there.user()).toBeNull();
    expectAnswer(await there.request('GET', HEARTBEATS), ERRORS.unauthenticated);
  });

  it('end 24 h after their last use', async () => {
    const client = await alice();
    for (const hours of [20, 40]) {
      later = hours * HOUR;
      expect(await client.user()).toBe('alice');
      // What is stored of its use is not waited for.
      await new SessionClient(other).logIn('victor', 'view');
    }
    later = 65 * HOUR;
    expect(await client.user()).toBeNull();
  });

  it('leave nothing behind by which somebody could come in, in the database and in the log', async () => {
    const client = await alice();
    await client.logIn('alice', 'wrong-password');
    await client.request('GET', '/api/v2/nothing');
    const token = client.cookie?.split('=')[1] ?? '';
    const connection = await mongoose.createConnection(database.uri).asPromise();
    const stored = await connection.collection('heartbeat_session').find().toArray();
    await connection.close();
    expect(stored.length).toBeGreaterThan(0);
    const all = JSON.stringify(stored) + log.lines.join('\n');
    for (const secret of [token, 'wonder', 'wrong-password']) expect(all).not.toContain(secret);
  });

  it('refuse other methods as every call does', async () => {
    const answer = await (await alice()).request('PUT', SESSION, { json: {} });
    expectAnswer(answer, ERRORS.otherMethod);
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, POST');
    expectAnswer(await app.request('PUT', SESSION, { auth: null, json: {} }), ERRORS.otherMethod);
  });
});

describe('the limit of failed log-ins', () => {
  it('holds for the form as for Basic', async () => {
    const app = await startTestApplication({ env: { LOGIN_FAILURES: '3', ROLE: 'api' } });
    try {
      const client = new SessionClient(app);
      for (let i = 0; i < 3; i += 1) expect((await client.logIn('root', `${i}`)).status).toBe(401);
      const refused = await client.logIn('root', 'right-or-not');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const basic = await app.request('GET', HEARTBEATS, { auth: 'root:wrong' });
      expect(basic.status).toBe(429);
    } finally {
      await app.close();
    }
  });
});
