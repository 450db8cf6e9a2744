import type { Maintenance } from '../../src/domain/maintenance';
import { MovableClock } from '../../src/testing/movable-clock';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { othersForEach, passFor, Watching } from './support/watching';

/** The heartbeats' interval is 10 s; an alarm is raised half a second later at the earliest. */
const INTERVAL = 10_000;
const OVERDUE = 12_000;

describe('a heartbeat in maintenance', () => {
  let database: TestDatabase;
  let site: Watching;
  const another = othersForEach(() => site);

  const start = async (at?: string): Promise<void> => {
    const clock = new MovableClock(at === undefined ? undefined : Date.parse(at));
    site = await Watching.start({ databaseUri: database.uri, clock });
  };
  beforeEach(async () => {
    database = await startTestDatabase();
  });
  afterEach(async () => {
    await site.stop();
    await database.close();
  });

  const told = (): number[] => site.sink.told('connector:c1');
  const inSeconds = (later: number): number => (site.clock.now() + later) / 1_000;
  /** A window of those of `c1` that begins and ends so many milliseconds from now on. */
  const window = (from: number, to: number): Maintenance => ({
    ...{ name: 'new disks', pattern: { connector: 'c1' } },
    ...{ from: inSeconds(from), to: inSeconds(to) },
  });
  const add = async (fields: Maintenance, by = site): Promise<string> =>
    (await by.maintenance.create(fields)).description;

  it('raises nothing while a window lasts that is for it, and has its whole interval afterwards', async () => {
    await start();
    const [id, other] = [await site.create('c1'), await site.create('c2')];
    await site.event('c1');
    await add(window(5_000, 20_000));
    const end = site.clock.now() + 20_000;
    expect(await site.engine.nextAlarmAt()).toBe(end - 15_000);
    await site.pass(5_000);
    expect(await site.state(id)).toMatchObject({
      ...{ state: 'paused', since: end - 15_000, deadline: end, reason: 'maintenance: new disks' },
    });
    await site.pass(OVERDUE);
    await site.becomes(other, 'down');
    expect(told()).toEqual([]);
    await site.pass(3_000);
    expect(await site.state(id)).toMatchObject({ state: 'up', since: end, deadline: end + INTERVAL });
    expect(await site.state(id)).not.toHaveProperty('reason');
    await site.pass(INTERVAL - 1_000);
    expect(told()).toEqual([]);
    await site.pass(2_000);
    await site.becomes(id, 'down');
  });

  it('notes events, keeps an alarm open without a word, and is as it was when the window is removed', async () => {
    await start();
    const id = await site.create('c1');
    const silent = await site.create('silent');
    await site.pass(OVERDUE);
    await site.sends(2);
    const everything = await add({ ...window(0, 60_000), pattern: null });
    const { since } = (await site.state(id)) ?? {};
    expect(await site.state(id)).toMatchObject({
      state: 'paused',
      alarm_since: expect.any(Number) as number,
    });
    await site.event('c1');
    await site.sends(3);
    expect(told()).toEqual([3, 0]);
    expect(await site.state(id)).toMatchObject({ state: 'paused', since, last_event: site.clock.now() });
    await site.pass(OVERDUE);
    await site.maintenance.remove(everything);
    const now = site.clock.now();
    expect(await site.state(id)).toMatchObject({ state: 'up', since: now, deadline: now + INTERVAL });
    expect(await site.state(silent)).toMatchObject({ state: 'down', since: now });
    expect(site.sink.alarms).toHaveLength(3);
  });

  it('stays paused until neither its own pause nor any window lasts', async () => {
    await start();
    const id = await site.create('c1');
    const end = site.clock.now() + 20_000;
    await site.pauses.pause(id, { until: inSeconds(5_000), reason: 'mine' });
    await add(window(4_000, 10_000));
    const last = await add({ ...window(10_000, 30_000), name: 'more' });
    expect(await site.state(id)).toMatchObject({ state: 'paused', deadline: end + 10_000, reason: 'mine' });
    await site.maintenance.replace(last, { ...window(10_000, 20_000), name: 'more' });
    expect(await site.state(id)).toMatchObject({ state: 'paused', deadline: end });
    await site.pauses.resume(id);
    expect(await site.state(id)).toMatchObject({ state: 'waiting' });
    await site.pass(5_000);
    expect(await site.state(id)).toMatchObject({ state: 'paused', reason: 'maintenance: new disks' });
    await site.pass(15_000);
    expect(await site.state(id)).toMatchObject({ state: 'waiting', since: end, deadline: end + INTERVAL });
  });

  it('is told from silence over a restart, and over windows that no engine was there for', async () => {
    await start();
    const id = await site.create('c1');
    await site.event('c1');
    await add(window(2_000, 60_000));
    await site.stop();
    site.clock.pass(30_000);
    const engine = await another();
    expect(await engine.state(id)).toMatchObject({ state: 'paused' });
    await engine.pass(OVERDUE);
    await engine.stop();
    site.clock.pass(60_000);
    const second = await another();
    await eventually(async () => (await second.state(id))?.state === 'up');
    await second.event('c1');
    await second.stop();
    await add({ ...window(1_000, 5_000), name: 'nobody is there' }, await another(false));
    site.clock.pass(6_000);
    const third = await another();
    await third.pass(8_000);
    expect(told()).toEqual([]);
    await third.pass(OVERDUE);
    await third.becomes(id, 'down');
  });

  it('is so for all engines within seconds, through whichever process a window came, and is raised once afterwards', async () => {
    await start();
    const [api, second] = [await another(false), await another()];
    const id = await site.create('c1');
    const everything = await add({ ...window(0, 3_600_000), pattern: null }, api);
    await eventually(async () => (await site.state(id))?.state === 'paused');
    const both = [site, second];
    await passFor(both, OVERDUE);
    await second.event('c1');
    expect(await site.state(id)).toMatchObject({ state: 'paused', last_event: site.clock.now() });
    await api.maintenance.remove(everything);
    await eventually(async () => (await site.state(id))?.state === 'up');
    await passFor(both, INTERVAL - 1_000);
    expect(told()).toEqual([]);
    await passFor(both, OVERDUE);
    await site.sends(1);
    expect(told()).toEqual([3]);
  });

  it.each([
    // 02:30 to 03:30 in Paris: in spring half of it is left out, in autumn it comes once, and takes an hour both times.
    ['spring', '2026-03-29T00:59:55Z', '2026-03-29T01:00:00Z'],
    ['autumn', '2026-10-25T00:29:55Z', '2026-10-25T00:30:00Z'],
  ])('is so by the clock of a time zone, in %s', async (_, now, begin) => {
    await start(now);
    const id = await site.create('c1');
    await add({ name: 'x', pattern: null, cron: '30 2 * * SUN', timezone: 'Europe/Paris', duration: '1h' });
    expect(await site.state(id)).toMatchObject({ state: 'waiting' });
    await site.pass(5_000);
    const [since, deadline] = [Date.parse(begin), Date.parse(begin) + 3_600_000];
    expect(await site.state(id)).toMatchObject({ state: 'paused', since, deadline });
    await site.pass(OVERDUE);
    expect(told()).toEqual([]);
    await site.stop();
    site.clock.pass(3_600_000);
    const engine = await another();
    await eventually(async () => (await engine.state(id))?.state === 'waiting');
  });
});
