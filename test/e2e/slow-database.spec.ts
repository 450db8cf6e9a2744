import { type TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create } from '../support/canopsis';
import { type DatabaseRelay, startDatabaseRelay } from '../support/database-relay';
import { makeDirectory, removeDirectory } from '../support/directory';
import { type DatabaseProcess, startDatabaseProcess } from '../support/processes';

const STATES = '/api/v2/heartbeat-state';

describe('a database that is slow', () => {
  let dataDir: string;
  let database: DatabaseProcess;
  let relay: DatabaseRelay;
  let app: TestApplication;

  beforeEach(async () => {
    dataDir = await makeDirectory();
    database = await startDatabaseProcess(dataDir);
    relay = await startDatabaseRelay(database.port);
    // No engine, so that all that is asked is asked for the requests of the test.
    app = await startTestApplication({ mongodbUri: relay.uri, env: { ROLE: 'api' } });
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
      expect((await fetchStatus(path)).status).toBe(200);
    const readings = relay.commands
      .slice(before)
      .filter((command) => ['find', 'count', 'aggregate', 'distinct'].some((name) => name in command));
    expect(new Set(readings.map((command) => Object.values(command)[0]))).toEqual(
      new Set(['heartbeat', 'heartbeat_state', 'heartbeat_engine']),
    );
    expect(readings.filter(({ maxTimeMS }) => !(Number(maxTimeMS) <= 10_000))).toEqual([]);
  });

  const fetchStatus = (path: string): Promise<Response> =>
    fetch(app.url + path, { headers: { Authorization: `Basic ${btoa('root:root')}` } });
});
