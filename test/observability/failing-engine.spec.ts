import { type TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, expectAnswer } from '../support/canopsis';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { RememberingLogger } from '../support/log';

describe('an engine that cannot read or write its states', () => {
  let database: TestDatabase;
  let app: TestApplication;
  const logger = new RememberingLogger();
  beforeEach(async () => {
    database = await startTestDatabase();
    await database.collection('heartbeat_state', (states) =>
      states.createIndex({ anything: 1 }, { name: 'since_1' }),
    );
    app = await startTestApplication({ mongodbUri: database.uri, logger });
  });
  afterEach(async () => {
    await app.close();
    await database.close();
  });
  const ready = (): ReturnType<TestApplication['request']> => app.request('GET', '/health/ready');

  it('makes readiness degraded, while the API goes on, until it works again', async () => {
    await eventually(async () => expectAnswer(await ready(), [200, { status: 'degraded' }]));
    expectAnswer(await app.request('GET', HEARTBEATS), [200, []]);
    expect(logger.lines).toContainEqual(expect.stringContaining('watching failed: '));
    await database.collection('heartbeat_state', (states) => states.dropIndex('since_1'));
    await eventually(async () => expectAnswer(await ready(), [200, { status: 'ok' }]));
  });
});
