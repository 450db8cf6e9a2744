import type { DynamicModule, INestApplication } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { PlainUsers } from '../../src/auth/plain-users';
import { HeartbeatEngineModule } from '../../src/engine/heartbeat-engine.module';
import { HeartbeatModule } from '../../src/heartbeat/heartbeat.module';
import { HeartbeatPageModule, type HeartbeatPageOptions } from '../../src/page/heartbeat-page.module';
import type { RawAnswer } from '../../src/testing/http-call';
import { callOverHttp } from '../../src/testing/http-call';
import { OpenToAll, startHost } from '../library/host';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, expectAnswer } from '../support/canopsis';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { type BuiltPage, SCRIPT, buildPage } from './built-page';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

describe.each(['fastify', 'express'] as const)('the page in a host on %s', (framework) => {
  let database: TestDatabase;
  let built: BuiltPage;
  let host: INestApplication;
  let url: string;

  const modules = (options: Partial<HeartbeatPageOptions>): DynamicModule[] => {
    const heartbeats = HeartbeatModule.forRoot({
      users: new PlainUsers(new Map([['root', 'root']])),
      prefix: 'monitoring/api',
      decorators: [OpenToAll()],
    });
    const engine = HeartbeatEngineModule.forRoot({ heartbeats, watch: false });
    const page = { heartbeats, engine, directory: built.directory, decorators: [OpenToAll()], ...options };
    return [heartbeats, engine, HeartbeatPageModule.forRoot(page)];
  };
  const start = async (
    options: Partial<HeartbeatPageOptions>,
    prepare?: (app: INestApplication) => void,
  ): Promise<void> => {
    const imports = [MongooseModule.forRoot(database.uri), ...modules(options)];
    host = await startHost(framework, imports, prepare);
    url = await host.getUrl();
  };
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawAnswer> =>
    callOverHttp(url + path, method, null, { headers: { 'Accept-Encoding': 'identity', ...headers } });

  beforeAll(async () => {
    database = await startTestDatabase();
    built = await buildPage();
  });
  afterAll(async () => {
    await built.remove();
    await database.close();
  });
  afterEach(() => host.close());

  it('is at its path with all that protects it, and says where its calls are', async () => {
    await start({ path: '/monitoring/page' });
    const answer = await get('/monitoring/page/');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<meta name="heartbeat-api" content="../api/" />');
    expect(answer.text).toContain('<meta name="heartbeat-api-v4" content="../api/v4/" />');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(Buffer.byteLength(answer.text)),
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding, Accept-Language',
    });
    expect((await get('/monitoring/page/assets/main-0123abcd.js')).text).toBe(SCRIPT);
    const session = await get('/monitoring/api/heartbeat-session');
    expect([session.status, session.text]).toEqual([200, '{"user":null}']);
  });

  it('sends on who leaves out the slash, with the query, by a way that a proxy does not break', async () => {
    await start({ path: 'monitoring/page' }, (app) => app.setGlobalPrefix('ops'));
    const response = await fetch(`${url}/ops/monitoring/page?state=down&search=%C3%A9`, {
      redirect: 'manual',
    });
    expect(response.status).toBe(308);
    expect(response.headers.get('location')).toBe('./page/?state=down&search=%C3%A9');
    expect((await get('/ops/monitoring/page?state=down')).text).toContain('Silent heartbeats first');
    expect((await get('/ops/monitoring/page/')).text).toContain('content="../api/"');
  });

  it('is in the language that is asked for, compressed where that is taken, and sent once', async () => {
    await start({});
    expect((await get('/', { 'Accept-Language': 'fr-FR,en;q=0.5' })).text).toContain('Les muets d’abord');
    for (const encoding of ['br', 'gzip']) {
      const answer = await get('/assets/main-0123abcd.js', { 'Accept-Encoding': encoding });
      expect(answer.text).toBe(SCRIPT);
      expect(answer.headers.get('content-encoding')).toBe(encoding);
      expect(Number(answer.headers.get('content-length'))).toBeLessThan(SCRIPT.length);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const again = { 'Accept-Encoding': encoding, 'If-None-Match': answer.headers.get('etag') ?? '' };
      const unchanged = await get('/assets/main-0123abcd.js', again);
      expect([unchanged.status, unchanged.text]).toEqual([304, '']);
      expect(unchanged.headers.get('content-security-policy')).toBe(POLICY);
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    await start({});
    const { headers } = await get('/');
    const head = await get('/', {}, 'HEAD');
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-length', 'content-type', 'etag', 'content-security-policy']) {
      expect(head.headers.get(name)).toBe(headers.get(name));
    }
  });

  it.each([
    '/page/assets/secret.txt',
    '/page/assets/../secret.txt',
    '/page/assets/..%2fsecret.txt',
    '/page/assets/%2e%2e%2fsecret.txt',
    '/page/assets/..%5csecret.txt',
    '/page/assets/main-0123abcd.js%00',
    '/page/assets/constructor',
    '/page/secret.txt',
  ])('has nothing at %s', async (path) => {
    await start({ path: 'page' });
    const answer = await get(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain('not to be served');
  });

  it('is none where nothing was built', async () => {
    await start({ directory: '/nowhere' });
    expect((await get('/')).status).toBe(404);
  });

  it('goes by the host’s own guard where the host says nothing else', async () => {
    await start({ decorators: [] });
    expect((await get('/')).status).toBe(403);
    expect((await get('/', { 'X-Host-Key': 'yes' })).status).toBe(200);
  });
});

describe('HeartbeatPageModule', () => {
  const heartbeats = HeartbeatModule.forRoot({ users: new PlainUsers(new Map()) });
  const engine = HeartbeatEngineModule.forRoot({ heartbeats });
  const make = (options: object): unknown => HeartbeatPageModule.forRoot({ heartbeats, engine, ...options });

  it('refuses options that cannot be used, by their names', () => {
    expect(() => make({ heartbeats: undefined })).toThrow('HeartbeatPageModule: heartbeats must be what');
    expect(() => make({ engine: undefined })).toThrow('HeartbeatPageModule: engine must be what');
    expect(() => make({ path: '/a b' })).toThrow('HeartbeatPageModule: path must be a path of plain');
  });
});

describe.each(['fastify', 'express'] as const)('the standalone application on %s', (framework) => {
  let app: TestApplication;
  afterEach(() => app.close());

  it('serves no page where that is switched off, or where it is an engine alone', async () => {
    app = await startTestApplication({ framework, env: { WEB_PAGE: 'off', ROLE: 'api' } });
    expectAnswer(await app.request('GET', '/'), ERRORS.unknownRoute);
    expectAnswer(await app.request('GET', '/', { auth: null }), ERRORS.unauthenticated);
  });

  it('keeps its API behind the log-in', async () => {
    app = await startTestApplication({ framework, env: { ROLE: 'api' } });
    for (const path of ['/api/v2/heartbeat', '/api/v2/heartbeat-overview', '/assets', '/assets/a/b']) {
      expectAnswer(await app.request('GET', path, { auth: null }), ERRORS.unauthenticated);
    }
  });
});
