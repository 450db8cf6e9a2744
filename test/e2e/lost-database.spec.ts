import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, ownDatabase, startTestApplication } from '../support/application';
import {
  ERRORS,
  Expected,
  HEARTBEATS,
  create,
  done,
  expectAnswer,
  heartbeat,
  list,
} from '../support/canopsis';
import { V4, V4_BULK, v4Body } from '../support/canopsis-v4';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { DatabaseProcess, startDatabaseProcess } from '../support/processes';

const NOT_READY: Expected = [503, { name: '', description: 'not ready.' }];
const V4_FAILED: Expected = [500, { error: 'Internal server error' }];
const OK: Expected = [200, { status: 'ok' }];

/** The database is a process of its own here, whatever the other tests run on, so that it can be killed and frozen. */
describe.each<[HttpFramework]>([['fastify'], ['express']])('a lost database on %s', (framework) => {
  let dataDir: string;
  let database: DatabaseProcess;
  let uri: string;
  const apps: TestApplication[] = [];
  beforeEach(async () => {
    dataDir = await makeDirectory();
    database = await startDatabaseProcess(dataDir);
    uri = ownDatabase(database.uri);
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await database.stop('SIGKILL');
    await removeDirectory(dataDir);
  });

  async function start(): Promise<TestApplication> {
    const app = await startTestApplication({ framework, mongodbUri: uri });
    apps.push(app);
    return app;
  }

  async function expectDatabaseErrors(app: TestApplication, id = 'any'): Promise<void> {
    const json = heartbeat();
    const calls: [string, string, unknown, Expected][] = [
      // More than one list at once: those that wait for another's reading get the same error.
      ['GET', HEARTBEATS, undefined, ERRORS.databaseOnRead],
      ['GET', HEARTBEATS, undefined, ERRORS.databaseOnRead],
      ['GET', HEARTBEATS, undefined, ERRORS.databaseOnRead],
      ['GET', `${HEARTBEATS}?page=1`, undefined, ERRORS.databaseOnRead],
      ['GET', `${HEARTBEATS}/${id}`, undefined, ERRORS.databaseOnRead],
      ['POST', HEARTBEATS, json, ERRORS.databaseOnWrite],
      ['PUT', `${HEARTBEATS}/${id}`, json, ERRORS.databaseOnWrite],
      ['DELETE', `${HEARTBEATS}/${id}`, undefined, ERRORS.databaseOnWrite],
      ['GET', V4, undefined, V4_FAILED],
      ['GET', `${V4}/${id}`, undefined, V4_FAILED],
      ['POST', V4, v4Body(), V4_FAILED],
      ['PUT', `${V4}/${id}`, v4Body(), V4_FAILED],
      ['DELETE', `${V4}/${id}`, undefined, V4_FAILED],
      ['POST', V4_BULK, [v4Body(), v4Body()], V4_FAILED],
      ['PUT', V4_BULK, [v4Body({ _id: id })], V4_FAILED],
      ['DELETE', `${V4_BULK}?ids[]=${id}`, undefined, V4_FAILED],
    ];
    const answers = await Promise.all(
      calls.map(([method, path, body]) => app.request(method, path, { json: body })),
    );
    for (const [n, answer] of answers.entries()) expectAnswer(answer, calls[n]?.[3] ?? OK);
  }

  /** What needs no database is answered as ever. */
  async function expectTheRest(app: TestApplication): Promise<void> {
    expectAnswer(await app.request('GET', '/health/live', { auth: null }), OK);
    expectAnswer(await app.request('GET', HEARTBEATS, { auth: null }), ERRORS.unauthenticated);
    expectAnswer(await app.request('POST', HEARTBEATS, { json: {} }), ERRORS.invalidPayload);
    expectAnswer(await app.request('GET', '/nowhere'), ERRORS.unknownRoute);
  }

  const statusOf = async (app: TestApplication, path: string): Promise<number> =>
    (await app.request('GET', path)).status;
  const isReady = async (app: TestApplication): Promise<boolean> =>
    (await statusOf(app, '/health/ready')) === 200;

  async function expectNotReady(app: TestApplication): Promise<void> {
    await eventually(async () => !(await isReady(app)));
    expectAnswer(await app.request('GET', '/health/ready', { auth: null }), NOT_READY);
  }

  it('is an error of the contract, and back when it is back', async () => {
    const app = await start();
    const body = heartbeat();
    const id = await create(app, body);
    const before = await list(app);

    await database.stop('SIGKILL');
    await expectDatabaseErrors(app, id);
    await expectTheRest(app);
    await expectNotReady(app);

    database = await startDatabaseProcess(dataDir, database.port);
    await eventually(() => isReady(app));
    expect(await list(app)).toStrictEqual(before);
    expectAnswer(await app.request('POST', HEARTBEATS, { json: body }), ERRORS.patternExists);
    expectAnswer(await app.request('DELETE', `${HEARTBEATS}/${id}`), done('removed', id));
  });

  it('can be lost again and again', async () => {
    const app = await start();
    for (let n = 1; n <= 3; n++) {
      await create(app);
      await database.stop('SIGKILL');
      await expectDatabaseErrors(app);
      database = await startDatabaseProcess(dataDir, database.port);
      await eventually(async () => expect(await statusOf(app, HEARTBEATS)).toBe(200));
      expect(await list(app)).toHaveLength(n);
    }
  });

  it('that is away at the start is waited for, while the application listens', async () => {
    await database.stop('SIGTERM');
    const app = await start();
    await expectDatabaseErrors(app);
    await expectTheRest(app);
    await expectNotReady(app);

    database = await startDatabaseProcess(dataDir, database.port);
    await eventually(() => isReady(app));
    const body = heartbeat();
    await create(app, body);
    expectAnswer(await app.request('POST', HEARTBEATS, { json: body }), ERRORS.patternExists);
  });

  it('that comes back empty has its indexes again before anything is served', async () => {
    const app = await start();
    const body = heartbeat();
    await create(app, body);
    await database.stop('SIGKILL');
    await expectNotReady(app);
    await removeDirectory(dataDir);
    database = await startDatabaseProcess(dataDir, database.port);
    await eventually(async () => expect(await statusOf(app, HEARTBEATS)).toBe(200));
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => app.request('POST', HEARTBEATS, { json: body })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await list(app)).toHaveLength(1);
  });

  it('that is frozen is an error too, and back when it goes on', async () => {
    const app = await start();
    const body = heartbeat();
    const id = await create(app, body);

    database.kill('SIGSTOP');
    await expectDatabaseErrors(app, 'nobody');
    await expectTheRest(app);
    await expectNotReady(app);
    await expectDatabaseErrors(app, 'nobody');

    database.kill('SIGCONT');
    await eventually(() => isReady(app));
    expect((await app.request('GET', `${HEARTBEATS}/${id}`)).json).toMatchObject({ pattern: body.pattern });
    expectAnswer(await app.request('POST', HEARTBEATS, { json: body }), ERRORS.patternExists);
  });

  it('that is frozen at the start is waited for', async () => {
    database.kill('SIGSTOP');
    const app = await start();
    await expectDatabaseErrors(app);
    database.kill('SIGCONT');
    await eventually(() => isReady(app));
    await create(app);
  });

  it('keeps nobody from stopping', async () => {
    const app = await start();
    database.kill('SIGSTOP');
    await expectDatabaseErrors(app);
    apps.splice(0);
    await app.close();
    database.kill('SIGCONT');
  });
});
