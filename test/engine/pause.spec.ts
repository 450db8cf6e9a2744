import { startTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { othersForEach, passFor, Watching } from './support/watching';

/** The heartbeats' interval is 10 s; an alarm is raised half a second later at the earliest. */
const HALF = 5_000;
const INTERVAL = 10_000;
const OVERDUE = 12_000;

describe('a heartbeat that is paused', () => {
  let database: TestDatabase;
  let site: Watching;
  const another = othersForEach(() => site);

  beforeEach(async () => {
    database = await startTestDatabase();
    site = await Watching.start({ databaseUri: database.uri });
  });
  afterEach(async () => {
    await site.stop();
    await database.close();
  });

  const told = (): number[] => site.sink.told('connector:c1');
  const inSeconds = (later: number): number => (site.clock.now() + later) / 1_000;

  it('raises nothing, and has its whole interval when somebody ends the pause', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    await site.pass(HALF);
    await site.pauses.pause(id, { until: null, reason: 'new disks' });
    expect(await site.state(id)).toMatchObject({
      ...{ state: 'paused', since: site.clock.now(), deadline: null, reason: 'new disks' },
    });
    await site.pass(OVERDUE);
    expect(told()).toEqual([]);
    await site.pauses.resume(id);
    const resumed = site.clock.now();
    expect(await site.state(id)).toMatchObject({ state: 'up', since: resumed, deadline: resumed + INTERVAL });
    expect(await site.state(id)).not.toHaveProperty('reason');
    await site.pass(INTERVAL - 1_000);
    expect(told()).toEqual([]);
    await site.pass(2_000);
    await site.becomes(id, 'down');
    await site.sends(1);
    expect(told()).toEqual([3]);
  });

  it('is watched again by itself when the time is over, for its whole interval', async () => {
    const id = await site.create('c1');
    const end = site.clock.now() + OVERDUE;
    await site.pauses.pause(id, { until: end / 1_000 });
    expect(await site.state(id)).toMatchObject({ state: 'paused', deadline: end });
    await site.pass(OVERDUE - 1_000);
    expect(await site.state(id)).toMatchObject({ state: 'paused' });
    expect(await site.engine.nextAlarmAt()).toBe(end);
    await site.pass(1_000);
    expect(await site.state(id)).toMatchObject({ state: 'waiting', since: end, deadline: end + INTERVAL });
    await site.pass(INTERVAL - 1_000);
    expect(told()).toEqual([]);
    await site.pass(2_000);
    await site.sends(1);
    expect(told()).toEqual([3]);
  });

  it('notes events, and counts from the end of the pause all the same', async () => {
    const id = await site.create('c1');
    await site.pauses.pause(id, { until: inSeconds(2 * HALF) });
    await site.pass(HALF);
    await site.event('c1');
    const at = site.clock.now();
    expect(await site.state(id)).toMatchObject({ state: 'paused', last_event: at });
    await site.pass(HALF);
    const end = site.clock.now();
    expect(await site.state(id)).toMatchObject({ state: 'up', last_event: at, deadline: end + INTERVAL });
  });

  it('keeps an alarm that is open, without saying it again, until an event resolves it once', async () => {
    await site.stop();
    site = await Watching.start({ databaseUri: database.uri, repeatMs: INTERVAL });
    const id = await site.create('c1');
    await site.pass(OVERDUE);
    await site.sends(1);
    const { since } = (await site.state(id)) ?? {};
    await site.pauses.pause(id, { until: null });
    expect(await site.state(id)).toMatchObject({ state: 'paused', alarm_since: since });
    await site.pass(OVERDUE);
    expect(told()).toEqual([3]);
    await site.event('c1');
    await site.event('c1');
    await site.sends(2);
    expect(told()).toEqual([3, 0]);
    const state = await site.state(id);
    expect(state).toMatchObject({ state: 'paused', past: [{ from: since, to: site.clock.now() }] });
    expect(state).not.toHaveProperty('alarm_since');
    await site.pauses.resume(id);
    expect(await site.state(id)).toMatchObject({ state: 'up', deadline: site.clock.now() + INTERVAL });
  });

  it('is down after the pause where no event has come, and resolved by the next one', async () => {
    const id = await site.create('c1');
    await site.pass(OVERDUE);
    await site.sends(1);
    const { since } = (await site.state(id)) ?? {};
    await site.pauses.pause(id, { until: inSeconds(INTERVAL) });
    await site.pass(INTERVAL);
    expect(await site.state(id)).toMatchObject({ state: 'down', since: site.clock.now() });
    await site.pass(OVERDUE);
    expect(told()).toEqual([3]);
    await site.event('c1');
    await site.sends(2);
    expect(told()).toEqual([3, 0]);
    const state = await site.state(id);
    expect(state).toMatchObject({ state: 'up', past: [{ from: since, to: site.clock.now() }] });
    expect(state).not.toHaveProperty('alarm_since');
  });

  it('has its alarm resolved when it is removed', async () => {
    const id = await site.create('c1');
    await site.pass(OVERDUE);
    await site.sends(1);
    await site.pauses.pause(id, { until: null });
    await site.heartbeats.remove(id);
    await site.becomes(id, undefined);
    expect(told()).toEqual([3, 0]);
  });

  it('stays paused when it is changed', async () => {
    const id = await site.create('c1');
    await site.pauses.pause(id, { until: null, reason: 'new disks' });
    await site.replace(id, { pattern: { connector: 'c1' }, expected_interval: '1h', output: 'text' });
    expect(await site.state(id)).toMatchObject({ state: 'paused', deadline: null, reason: 'new disks' });
    await site.replace(id, { pattern: { connector: 'c2' } });
    expect(await site.state(id)).toMatchObject({ state: 'paused', deadline: null, resource: 'connector:c2' });
    await site.event('c2');
    await site.pauses.resume(id);
    expect(await site.state(id)).toMatchObject({ state: 'up', deadline: site.clock.now() + INTERVAL });
  });

  it('stays paused over a restart, and is given its interval by an engine that was away when the pause ended', async () => {
    const [id, other] = [await site.create('c1'), await site.create('c2')];
    await site.pauses.pause(id, { until: inSeconds(INTERVAL) });
    await site.pauses.pause(other, { until: null });
    await site.stop();
    site.clock.pass(6 * INTERVAL);
    const engine = await another();
    await eventually(async () => (await engine.state(id))?.state === 'waiting');
    expect(await engine.state(other)).toMatchObject({ state: 'paused' });
    expect(await engine.state(id)).toMatchObject({ deadline: site.clock.now() + INTERVAL });
    await engine.pass(INTERVAL - 1_000);
    expect(told()).toEqual([]);
    await engine.pass(OVERDUE);
    await engine.becomes(id, 'down');
    expect(await engine.state(other)).toMatchObject({ state: 'paused' });
  });

  it('is paused by an API without an engine, for all engines, and raised once by them afterwards', async () => {
    const [api, second] = [await another(false), await another()];
    const id = await site.create('c1');
    await api.pauses.pause(id, { until: null });
    await eventually(async () => (await site.state(id))?.state === 'paused');
    const both = [site, second];
    await passFor(both, OVERDUE);
    await second.event('c1');
    expect(await site.state(id)).toMatchObject({ state: 'paused', last_event: site.clock.now() });
    await passFor(both, OVERDUE);
    expect(told()).toEqual([]);
    await api.pauses.resume(id);
    await eventually(async () => (await site.state(id))?.state === 'up');
    await passFor(both, INTERVAL - 1_000);
    expect(told()).toEqual([]);
    await passFor(both, OVERDUE);
    await site.sends(1);
    expect(told()).toEqual([3]);
  });

  it('has its interval also where no engine has seen anything of the pause', async () => {
    const api = await another(false);
    const id = await site.create('c1');
    await site.stop();
    await api.pauses.pause(id, { until: null });
    site.clock.pass(6 * INTERVAL);
    await api.pauses.resume(id);
    const resumed = site.clock.now();
    const engine = await another();
    await eventually(async () => (await engine.state(id))?.deadline === resumed + INTERVAL);
    await engine.pass(INTERVAL - 1_000);
    expect(told()).toEqual([]);
    await engine.pass(OVERDUE);
    await engine.becomes(id, 'down');
  });
});
