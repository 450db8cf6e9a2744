import { type TestApplication, startTestApplication } from '../support/application';
import { V4_BULK, v4Body, v4List } from '../support/canopsis-v4';
import { type DatabaseRelay, startDatabaseRelay } from '../support/database-relay';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { type DatabaseProcess, startDatabaseProcess } from '../support/processes';

const BULKS = 20;
const MANY = 120;
/** How many are under way at the same moment; the others wait. */
const AT_ONCE = 2;

describe('many bulks at once', () => {
  let dataDir: string;
  let database: DatabaseProcess;
  let relay: DatabaseRelay;
  let app: TestApplication;
  beforeEach(async () => {
    dataDir = await makeDirectory();
    database = await startDatabaseProcess(dataDir);
    relay = await startDatabaseRelay(database.port);
    app = await startTestApplication({ mongodbUri: relay.uri, env: { ROLE: 'api' } });
    await eventually(async () => (await app.request('GET', '/health/ready')).status === 200);
  });
  afterEach(async () => {
    await app.close();
    await relay.close();
    await database.stop('SIGKILL');
    await removeDirectory(dataDir);
  });

  const bulk = (): ReturnType<TestApplication['request']> =>
    app.request('POST', V4_BULK, { json: Array.from({ length: MANY }, () => v4Body()) });

  it('take turns, so that none is refused because others keep the database busy', async () => {
    const began = relay.commands.length;
    const answers = await Promise.all(Array.from({ length: BULKS }, bulk));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect((await v4List(app, 'limit=1')).meta.total_count).toBe(BULKS * MANY);
    let [underWay, most] = [0, 0];
    for (const command of relay.commands.slice(began)) {
      if (command.insert === 'heartbeat_bulk') underWay += 1;
      if (command.delete === 'heartbeat_bulk') underWay -= 1;
      most = Math.max(most, underWay);
    }
    expect([underWay, most]).toEqual([0, AT_ONCE]);
  });

  it('are all told at once that the database is lost, those that wait for their turn too', async () => {
    const release = relay.hold('insert');
    const began = relay.commands.length;
    const answers = Array.from({ length: BULKS }, bulk);
    await eventually(() => relay.commands.slice(began).filter(({ insert }) => insert).length === AT_ONCE);
    const since = performance.now();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 500));
    // One after the other they would take ten times as long.
    expect(performance.now() - since).toBeLessThan(10_000);
    release();
    await eventually(async () => (await bulk()).status === 201);
    // What had begun is undone, as far as it came.
    await eventually(async () => expect((await v4List(app, 'limit=1')).meta.total_count).toBe(MANY));
  });
});
