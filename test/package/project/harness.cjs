const assert = require('node:assert/strict');
const { startHeartbeatApp } = require('canopsis-heartbeat/testing');

/** The harness in the tests of somebody else's application, under whatever runs them. */
exports.silenceRaisesAnAlarm = async () => {
  const app = await startHeartbeatApp({ framework: process.env.HTTP });
  try {
    const id = await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '1m' });
    await app.sendEvent({ connector: 'c1' });
    assert.equal((await app.state(id)).state, 'up');
    await app.clock.advance(62_000);
    assert.deepEqual(
      app.alarms.map(({ resource, state }) => [resource, state]),
      [['connector:c1', 3]],
    );
    assert.equal((await app.request('GET', '/api/v2/heartbeat', { auth: null })).status, 401);
  } finally {
    await app.stop();
  }
};
