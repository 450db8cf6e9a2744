import { setTimeout as delay } from 'node:timers/promises';
import { type HeartbeatApp, startHeartbeatApp } from '../../src/testing';

/** Longer than anything in the application waits for its database, so that what it waits for just then fails. */
const STALL_MS = 2_500;
/** Moments are so far apart, in milliseconds; together they cover a start, and an advance. */
const APART_MS = 25;
const AT_ONCE = 5;

/** Nothing in this process goes on meanwhile. */
const block = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);

/** Begins one after another, and blocks the event loop when the first is `after` ms on its way, and the last has just begun. */
async function beginAndBlock<T>(count: number, after: number, begin: () => Promise<T>): Promise<T[]> {
  const begun: Promise<T>[] = [];
  const began = performance.now();
  for (let n = 0; n < count; n += 1) {
    begun.push(begin());
    await delay(Math.max(0, began + ((n + 1) * after) / count - performance.now()));
  }
  block();
  return Promise.all(begun);
}

describe('the harness, while the event loop stands still for 2.5 s', () => {
  let apps: HeartbeatApp[] = [];

  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    apps = [];
  });

  it.each([0, 1, 2, 3])('starts, and lets time pass: five of twenty moments (%i)', async (round) => {
    const after = APART_MS * (round + 4 * (AT_ONCE - 1) + 1);
    apps = await beginAndBlock(AT_ONCE, after, () => startHeartbeatApp());
    for (const app of apps)
      await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '1h' });
    const waiting = [...apps];
    await beginAndBlock(AT_ONCE, after / 10, async () => waiting.pop()?.clock.advance(3_700_000));
    expect(apps.map((app) => app.alarms.map(({ resource }) => resource))).toEqual(
      apps.map(() => ['connector:c1']),
    );
  });
});
