import { type HeartbeatApp, startHeartbeatApp } from '../../src/testing';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const BEGIN = Date.UTC(2030, 0, 1);
/** Much more than it takes, and much less than a clock takes that goes through a day in steps of seconds. */
const SOON_MS = 20_000;

describe("the time of a test's application", () => {
  let app: HeartbeatApp;

  beforeEach(async () => {
    app = await startHeartbeatApp({ now: BEGIN });
  });
  afterEach(() => app.stop());

  /** Creates so many heartbeats: the first has an interval of a minute, the next of two, and so on. */
  async function createMany(count: number): Promise<void> {
    for (let n = 1; n <= count; n += 1) {
      await app.createHeartbeat({ pattern: { connector: `c${n}` }, expected_interval: `${n}m` });
    }
  }

  it('jumps where nothing is due', async () => {
    await createMany(10);
    const began = performance.now();
    await app.clock.advance(DAY_MS);
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    expect(app.alarms).toHaveLength(10);
    expect(app.clock.now()).toBe(BEGIN + DAY_MS);
  });

  it('goes on to where nobody has thought of an end', async () => {
    await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '87600h' });
    await app.clock.advance(3_653 * DAY_MS);
    expect(app.alarms).toMatchObject([{ timestamp: (BEGIN + 3_650 * DAY_MS) / 1_000 }]);
  });

  it('raises each of a thousand silences once, in order, each at its time', async () => {
    await createMany(1_000);
    await app.clock.advance(DAY_MS);
    const expected = Array.from({ length: 1_000 }, (_, n) => [
      `connector:c${n + 1}`,
      (BEGIN + (n + 1) * MINUTE_MS) / 1_000,
    ]);
    expect(app.alarms.map(({ resource, timestamp }) => [resource, timestamp])).toEqual(expected);
  }, 300_000);

  it('belongs to one call after another', async () => {
    await createMany(3);
    await Promise.all([app.clock.advance(MINUTE_MS), app.clock.advance(MINUTE_MS), app.clock.advance(0)]);
    expect(app.clock.now()).toBe(BEGIN + 2 * MINUTE_MS);
    await app.clock.advance(1_000);
    expect(app.alarms).toHaveLength(2);
  });

  it('has room for events that come meanwhile', async () => {
    await createMany(2);
    const events = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) await app.sendEvent({ connector: 'c1' });
    };
    await Promise.all([app.clock.advance(DAY_MS), events()]);
    await app.clock.advance(MINUTE_MS + 1_000);
    const told = app.alarms.filter(({ resource }) => resource === 'connector:c1').map(({ state }) => state);
    expect(told.at(-1)).toBe(3);
    expect(told).toEqual(told.map((_, n) => (n % 2 === 0 ? 3 : 0)));
  });
});
