import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HeartbeatApp, startHeartbeatApp } from '../../src/testing';

const HOUR_MS = 3_600_000;

/** What a process printed, which ended by itself, and left nothing in its directory for temporary files. */
async function printedBy(script: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'harness-'));
  try {
    const env = { ...process.env, TMPDIR: directory };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
    expect(readdirSync(directory)).toEqual([]);
    return stdout.trim();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('the harness for tests', () => {
  let app: HeartbeatApp | undefined;

  afterEach(() => app?.stop());

  it('starts a real application whose time the test moves', async () => {
    app = await startHeartbeatApp({ now: Date.UTC(2030, 0, 1) });
    const id = await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '1m' });
    await app.sendEvent({ connector: 'c1' });
    expect(await app.state(id)).toMatchObject({ state: 'up', since: Date.UTC(2030, 0, 1) / 1000 });
    await app.clock.advance(59_000);
    expect(app.alarms).toEqual([]);
    await app.clock.advance(2_000);
    expect(app.alarms).toMatchObject([{ resource: 'connector:c1', state: 3, event_type: 'check' }]);
    await app.sendEvent({ connector: 'c1' });
    expect(app.alarms.map(({ state }) => state)).toEqual([3, 0]);
  });

  it('lets an hour pass in seconds, and raises each silence in it', async () => {
    app = await startHeartbeatApp();
    await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '59m' });
    await app.clock.advance(HOUR_MS);
    expect(app.alarms).toHaveLength(1);
  });

  it('speaks either dialect, with the users that the test names', async () => {
    app = await startHeartbeatApp({ dialect: 'canopsis-3', users: { anne: 'a:b' } });
    const pattern = { connector: 'c1', connector_name: 'connector1' };
    expect(await app.createHeartbeat({ pattern, expected_interval: '10s' })).toMatch(/^[0-9a-f]{32}$/);
    expect((await app.request('GET', '/api/v2/heartbeat', { auth: 'root:root' })).status).toBe(401);
    expect((await app.request('GET', '/api/v2/heartbeat')).json).toHaveLength(1);
  });

  it('says what the application answered where it refuses', async () => {
    app = await startHeartbeatApp();
    await expect(app.createHeartbeat({ pattern: {}, expected_interval: '10s' })).rejects.toThrow(
      'POST /api/v2/heartbeat answered 400 (pattern must have at least one key): {"name":"","description":"invalid heartbeat payload."}',
    );
    await expect(app.sendEvent({ component: '' })).rejects.toThrow('the event was not taken');
  });

  it('is moved over HTTP by tests in other languages', async () => {
    app = await startHeartbeatApp({ now: 1_900_000_000_000 });
    await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '10s' });
    const moved = await app.request('POST', '/test/clock', { json: { advance_ms: 11_000 } });
    expect(moved).toMatchObject({ status: 200, json: { now: 1_900_000_011_000 } });
    expect((await app.request('GET', '/test/alarms')).json).toMatchObject([{ state: 3 }]);
    expect(await app.request('POST', '/test/clock', { json: { advance_ms: -1 } })).toMatchObject({
      status: 400,
    });
    expect(await app.request('POST', '/test/clock', { json: { advance: 1_000 } })).toMatchObject({
      status: 400,
      json: { description: 'advance_ms is missing: {"advance_ms": 60000} moves the clock by a minute.' },
    });
    expect(await app.request('GET', '/test/clock', { auth: null })).toMatchObject({ status: 401 });
  });

  it('lets the process end where it cannot start', async () => {
    app = await startHeartbeatApp();
    const start = `require('./dist/testing').startHeartbeatApp({ port: ${new URL(app.url).port} })`;
    const said = await printedBy(`${start}.catch(({ code, message }) => console.log(code, message))`);
    expect(said).toMatch(
      /^EADDRINUSE port \d+ on 127\.0\.0\.1 cannot be listened on: another process listens there: stop it, or set another port \(EADDRINUSE\)$/,
    );
  });

  it('leaves nothing behind where eight of them ran side by side', async () => {
    const script = `(async () => {
      const { startHeartbeatApp } = require('./dist/testing');
      const apps = await Promise.all(Array.from({ length: 8 }, () => startHeartbeatApp()));
      await Promise.all(apps.map((app) => app.stop()));
      console.log('stopped ' + apps.length);
    })()`;
    expect(await printedBy(script)).toBe('stopped 8');
  });

  it('runs eight side by side', async () => {
    const apps = await Promise.all(Array.from({ length: 8 }, () => startHeartbeatApp()));
    await Promise.all(
      apps.map(async (one, n) => {
        await one.createHeartbeat({ pattern: { connector: `c${n}` }, expected_interval: '10s' });
        await one.clock.advance(12_000);
        expect(one.alarms.map(({ resource }) => resource)).toEqual([`connector:c${n}`]);
      }),
    );
    await Promise.all(apps.map((one) => one.stop()));
  });
});
