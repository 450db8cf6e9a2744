import { CanActivate, ExecutionContext, INestApplication, Injectable, Logger } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import {
  HashedUsers,
  HeartbeatEngineModule,
  HeartbeatModule,
  type HeartbeatModuleExtras,
  type HeartbeatModuleOptions,
  applyCanopsisFormat,
  parseUsersFile,
} from '../../src';
import { formatKeyHash } from '../../src/auth/authentication-key';
import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, type RequestOptions, send } from '../support/application';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { KeepingLogger } from '../support/log';
import { cheapHash } from '../support/users-file';
import { OpenToAll, startHost } from './host';

const KEY = 'k'.repeat(43);
const READING_KEY = 'r'.repeat(43);

/** A guard of the host that knows users of its own. */
@Injectable()
class HostGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    const says = request.headers['x-host-user'];
    if (says !== undefined) request.user = JSON.parse(says);
    return true;
  }
}

const helpers: [HttpFramework, string, (app: INestApplication) => void][] = [
  ['fastify', 'with', applyCanopsisFormat],
  ['fastify', 'without', () => undefined],
  ['express', 'with', applyCanopsisFormat],
  ['express', 'without', () => undefined],
];

describe.each(helpers)('a module in a host on %s, %s applyCanopsisFormat', (framework, _with, prepare) => {
  let database: TestDatabase;
  let app: INestApplication;
  let logger: KeepingLogger;

  beforeEach(async () => {
    database = await startTestDatabase();
    logger = new KeepingLogger();
  });
  afterEach(async () => {
    await app.close();
    await database.close();
  });

  const start = async (options: HeartbeatModuleOptions & HeartbeatModuleExtras): Promise<void> => {
    const heartbeats = HeartbeatModule.forRoot({ decorators: [OpenToAll()], ...options });
    const engine = HeartbeatEngineModule.forRoot({ heartbeats, tickMs: 20 });
    app = await startHost(framework, [MongooseModule.forRoot(database.uri), heartbeats, engine], (host) => {
      host.useGlobalGuards(new HostGuard());
      prepare(host);
    });
    Logger.overrideLogger(logger);
  };
  const call = async (method: string, options: RequestOptions, path = HEARTBEATS): Promise<Answer> =>
    send(await app.getUrl(), method, path, options);
  const withKey = (key: string): RequestOptions => ({ auth: null, headers: { 'x-canopsis-authkey': key } });
  const usersFile = async (): Promise<HashedUsers> =>
    new HashedUsers(
      parseUsersFile(
        [
          `root:${await cheapHash('root')}`,
          `robot:key:${formatKeyHash(KEY)}`,
          `viewer:key:${formatKeyHash(READING_KEY)}:read-only`,
        ].join('\n'),
      ),
    );

  it('takes keys, keeps readers from writing, and says who changed what', async () => {
    await start({ users: await usersFile() });
    for (const times of [1, 2]) {
      const answer = await call('POST', { ...withKey(KEY), json: heartbeat() });
      expect([times, answer.status]).toEqual([times, 200]);
    }
    expect((await call('GET', withKey(READING_KEY))).json).toHaveLength(2);
    for (const path of [HEARTBEATS, '/api/v2/event']) {
      const denied = await call('POST', { ...withKey(READING_KEY), json: heartbeat() }, path);
      expect([denied.status, denied.json]).toEqual([403, { name: '', description: 'permission denied.' }]);
    }
    expect(logger.of('Audit')).toMatchObject([
      { user: 'robot', action: 'created', address: expect.any(String) as string },
      { user: 'robot', action: 'created' },
    ]);
  });

  it('limits failed log-ins, writes and events', async () => {
    await start({
      users: await usersFile(),
      limits: { loginFailures: 3, writesPerSecond: 1, eventsPerSecond: 1 },
    });
    expect((await call('GET', {})).status).toBe(200);
    for (let n = 0; n < 3; n += 1) {
      expect((await call('GET', { auth: `root:wrong${n}` })).status).toBe(401);
    }
    const limited = await call('GET', { auth: 'root:wrong' });
    expect([limited.status, limited.json, Number(limited.headers.get('retry-after')) > 0]).toEqual([
      429,
      { name: '', description: 'too many failed log-ins, try again later.' },
      true,
    ]);
    const writes = await Promise.all(Array.from({ length: 20 }, () => call('POST', { json: heartbeat() })));
    expect(new Set(writes.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const event = { connector: 'c', connector_name: 'n', event_type: 'check', component: 'x' };
    const events = [await call('POST', { json: Array(100).fill(event) }, '/api/v2/event')];
    events.push(await call('POST', { json: event }, '/api/v2/event'));
    expect(events.map(({ status }) => status)).toEqual([200, 429]);
  });

  it.each([
    ['an object with a name', { name: 'anne' }, 'anne'],
    ['an object with a username', { id: 7, username: 'louis' }, 'louis'],
    ['a text', 'marie', 'marie'],
    ['nothing that could be read', { id: 7 }, 'unknown'],
    ['nobody', undefined, 'unknown'],
  ])('knows the user of the host’s own guard: %s', async (_what, user, name) => {
    await start({ guard: false });
    const headers: Record<string, string> = user === undefined ? {} : { 'x-host-user': JSON.stringify(user) };
    expect((await call('POST', { auth: null, headers, json: heartbeat() })).status).toBe(200);
    expect(logger.of('Audit')).toMatchObject([{ user: name, action: 'created' }]);
  });
});
