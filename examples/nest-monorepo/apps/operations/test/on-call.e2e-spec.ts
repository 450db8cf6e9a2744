import { type HeartbeatApp, startHeartbeatApp } from 'canopsis-heartbeat/testing';

/** What the people on call are promised, tested with a clock that the test moves. */
describe('the night backup', () => {
  let app: HeartbeatApp;

  beforeAll(async () => {
    app = await startHeartbeatApp();
  });
  afterAll(() => app?.stop());

  it('is reported when it misses its minute, and again when it is back', async () => {
    const backup = { connector: 'cron', component: 'backup' };
    await app.createHeartbeat({ pattern: backup, expected_interval: '1m' });
    await app.sendEvent(backup);
    await app.clock.advance(62_000);
    await app.sendEvent(backup);
    await app.clock.advance(1_000);
    expect(app.alarms.map(({ resource, state }) => [resource, state])).toEqual([
      ['component:backup.connector:cron', 3],
      ['component:backup.connector:cron', 0],
    ]);
  });
});
