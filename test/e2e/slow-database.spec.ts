import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, list } from '../support/canopsis';
import { type DatabaseRelay, startDatabaseRelay } from '../support/database-relay';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { RememberingLogger } from '../support/log';
import { type DatabaseProcess, startDatabaseProcess } from '../support/processes';

const STATES = '/api/v2/heartbeat-state';

describe('a database that is slow', () => {
  let dataDir: string;
  let database: DatabaseProcess;
  let relay: DatabaseRelay;
  let app: TestApplication;
  let logger: RememberingLogger;

  beforeEach(async () => {
    dataDir = await makeDirectory();
    database = await startDatabaseProcess(dataDir);
    relay = await startDatabaseRelay(database.port);
    logger = new RememberingLogger();
    // No engine, so that all that is asked is asked for the requests of the test.
    app = await startTestApplication({ mongodbUri: relay.uri, logger, env: { ROLE: 'api' } });
  });
  afterEach(async () => {
    await app.close();
    await relay.close();
    await database.stop('SIGKILL');
    await removeDirectory(dataDir);
  });

  it('is told with each reading how long it is waited for, so that it gives up what nobody waits for', async () => {
    const id = await create(app);
    const before = relay.commands.length;
    const paths = ['', '?page=1', '?search=a&sort_by=name', `/${id}`, `/${id}/state`].map(
      (path) => HEARTBEATS + path,
    );
    for (const path of [...paths, STATES, `${STATES}?page=1&search=a`, `${STATES}?state=waiting`, '/metrics'])
      expect((await get(path)).status).toBe(200);
    const readings = (): typeof relay.commands =>
      relay.commands
        .slice(before)
        .filter((command) => ['find', 'count', 'aggregate', 'distinct'].some((name) => name in command));
    // Bulks that another process left behind are looked for once a second.
    await eventually(() =>
      expect(new Set(readings().map((command) => Object.values(command)[0]))).toEqual(
        new Set(['heartbeat', 'heartbeat_state', 'heartbeat_engine', 'heartbeat_bulk']),
      ),
    );
    expect(readings().filter(({ maxTimeMS }) => !(Number(maxTimeMS) <= 10_000))).toEqual([]);
  });

  it('is not asked for a change any more, once its client has been told that it failed', async () => {
    const [kept, replaced] = [await create(app), await create(app)];
    const before = await list(app);
    const release = relay.hold('createIndexes');
    const comeBack = relay.leave();
    await eventually(() =>
      Promise.resolve(logger.lines.some((line) => line.includes('database connection lost'))),
    );
    comeBack();
    const asked = relay.commands.length;
    const changes = await Promise.all([
      app.request('DELETE', `${HEARTBEATS}/${kept}`),
      app.request('PUT', `${HEARTBEATS}/${replaced}`, { json: heartbeat() }),
      app.request('POST', HEARTBEATS, { json: heartbeat() }),
    ]);
    for (const answer of changes) expectAnswer(answer, ERRORS.databaseOnWrite);
    // The database is there again, and nothing but the indexes is waited for.
    await eventually(() => Promise.resolve(namesSince(asked).includes('createIndexes')));
    release();
    await eventually(isReady);
    expect(await list(app)).toStrictEqual(before);
    expect(namesSince(asked).filter((name) => ['insert', 'update', 'delete'].includes(name))).toEqual([]);
  });

  const isReady = async (): Promise<boolean> => (await app.request('GET', '/health/ready')).status === 200;
  const namesSince = (asked: number): string[] =>
    relay.commands.slice(asked).flatMap((command) => Object.keys(command).slice(0, 1));
  const get = (path: string): Promise<Response> =>
    fetch(app.url + path, { headers: { Authorization: `Basic ${btoa('root:root')}` } });
});
