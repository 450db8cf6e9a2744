import { startTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { siteForEach, Watching } from './support/watching';

const GRACE = 20_000;
const MINUTE = 60_000;

describe('an engine that could not hear', () => {
  let database: TestDatabase;
  let site: Watching;

  beforeEach(async () => {
    database = await startTestDatabase();
    site = await Watching.start({ databaseUri: database.uri, blindGraceMs: GRACE });
  });
  afterEach(async () => {
    await site.stop();
    await database.close();
  });

  async function restartAfter(milliseconds: number): Promise<void> {
    await site.stop();
    site.clock.pass(milliseconds);
    const { clock, sink } = site;
    site = await Watching.start({ databaseUri: database.uri, blindGraceMs: GRACE, clock, sink });
  }

  it('raises nothing while the broker is away, nor in the grace after it; then it does', async () => {
    const id = await site.create('c1', { expected_interval: '2m' });
    await site.event('c1');
    await site.pass(10_000);
    site.transport.leave();
    await site.pass(120_000);
    expect(site.engine.isBlind).toBe(true);
    expect((await site.state(id))?.state).toBe('up');
    site.transport.comeBack();
    await site.hears();
    const back = site.clock.now();
    await eventually(async () => (await site.state(id))?.deadline === back + GRACE);
    await site.pass(GRACE);
    expect((await site.state(id))?.state).toBe('up');
    await site.pass(1_000);
    await site.sends(1);
  });

  it('raises what it has listened to for the whole interval in sum, however often it could not', async () => {
    const id = await site.create('c1', { expected_interval: '15s' });
    await site.event('c1');
    for (const heard of [6_000, 6_000]) {
      await site.pass(heard);
      site.transport.leave();
      await site.pass(20_000);
      site.transport.comeBack();
      await site.hears();
    }
    expect((await site.state(id))?.state).toBe('up');
    await site.pass(3_000);
    expect((await site.state(id))?.state).toBe('up');
    await site.pass(1_000);
    await site.sends(1);
  });

  it('waits only for the interval where that is shorter than the grace', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    site.transport.leave();
    await site.pass(20_000);
    site.transport.comeBack();
    await site.hears();
    const back = site.clock.now();
    await eventually(async () => (await site.state(id))?.deadline === back + 10_000);
    await site.pass(11_000);
    await site.sends(1);
  });

  it('keeps a deadline that lies beyond the grace', async () => {
    const id = await site.create('c1', { expected_interval: '24h' });
    await site.event('c1');
    const deadline = site.clock.now() + 24 * 60 * MINUTE;
    site.transport.leave();
    await site.pass(10_000);
    site.transport.comeBack();
    await site.hears();
    expect((await site.state(id))?.deadline).toBe(deadline);
  });

  it('does not mind a few seconds', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    const deadline = site.clock.now() + 10_000;
    site.transport.leave();
    await site.pass(3_000);
    site.transport.comeBack();
    await site.hears();
    expect((await site.state(id))?.deadline).toBe(deadline);
    await site.pass(8_000);
    await site.sends(1);
  });

  it.each([
    ['a short absence', 2_000],
    ['a long one', 20_000],
  ])('works a backlog off first, after %s', async (_, absence) => {
    const id = await site.create('c1');
    await site.event('c1');
    await site.pass(9_000);
    site.transport.leave();
    await site.pass(absence);
    site.transport.comeBack(50_000);
    await site.pass(30_000);
    expect(site.engine.isBlind).toBe(true);
    expect((await site.state(id))?.state).toBe('up');
    site.transport.waiting = 900;
    await site.pass(2_000);
    expect(site.engine.isBlind).toBe(true);
    await site.event('c1');
    site.transport.waiting = 0;
    await site.hears();
    await site.pass(9_000);
    expect((await site.state(id))?.state).toBe('up');
    await site.pass(2_000);
    await site.sends(1);
    expect(site.sink.told('connector:c1')).toEqual([3]);
  });

  it('treats a restart the same way, and neither forgets nor repeats an open alarm', async () => {
    const open = await site.create('open');
    const id = await site.create('c1', { expected_interval: '1m' });
    await site.event('c1');
    await site.pass(12_000);
    await site.sends(1);
    await restartAfter(10 * MINUTE);
    const back = site.clock.now();
    await eventually(async () => (await site.state(id))?.deadline === back + GRACE);
    expect((await site.state(open))?.state).toBe('down');
    await site.pass(GRACE - 1_000);
    expect(site.sink.alarms).toHaveLength(1);
    await site.event('open');
    await site.sends(2);
    await site.pass(2_000);
    await site.sends(3);
    expect(site.sink.told('connector:open')).toEqual([3, 0]);
    expect(site.sink.told('connector:c1')).toEqual([3]);
  });

  it('still raises a heartbeat of 24 h although it is restarted every day', async () => {
    const id = await site.create('c1', { expected_interval: '24h' });
    await site.event('c1');
    await restartAfter(20 * 60 * MINUTE);
    await restartAfter(20 * 60 * MINUTE);
    expect((await site.state(id))?.state).toBe('up');
    await site.pass(GRACE + 1_000);
    await site.sends(1);
  });

  it('resolves what another process wrote while it was away', async () => {
    const id = await site.create('c1');
    await site.pass(11_000);
    await site.sends(1);
    await site.stop();
    await database.heartbeats((heartbeats) => heartbeats.deleteMany({}));
    const { clock, sink } = site;
    site = await Watching.start({ databaseUri: database.uri, blindGraceMs: GRACE, clock, sink });
    await site.sends(2);
    await eventually(async () => expect(await site.state(id)).toBe(null));
    expect(sink.told('connector:c1')).toEqual([3, 0]);
  });

  it('takes a process that stood still for a while as such', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    site.clock.pass(30_000);
    await site.looks();
    await site.hears();
    await eventually(async () => (await site.state(id))?.deadline === site.clock.now() + 10_000);
    expect((await site.state(id))?.state).toBe('up');
  });
});

describe('a wall clock that is set', () => {
  const HOUR = 3_600_000;
  let database: TestDatabase;
  let site: Watching;
  siteForEach((...started) => ([site, database] = started));

  it.each([
    ['forwards', HOUR],
    ['backwards', -HOUR],
  ])('an hour %s raises nothing, and detection goes on', async (_, by) => {
    const alive = await site.create('alive');
    const silent = await site.create('silent');
    await site.event('alive');
    await site.event('silent');
    await site.pass(2_000);
    site.clock.set(by);
    await site.looks();
    await site.hears();
    expect(site.sink.alarms).toEqual([]);
    await site.pass(6_000);
    await site.event('alive');
    expect(await site.state(alive)).toMatchObject({ last_event: site.clock.now() });
    await site.pass(5_000);
    await site.sends(1);
    expect((await site.state(silent))?.state).toBe('down');
    await site.event('silent');
    await site.sends(2);
    await site.pass(6_000);
    await site.sends(3);
    expect(site.sink.told('connector:alive')).toEqual([3]);
    expect(site.sink.told('connector:silent')).toEqual([3, 0]);
  });

  it('an hour backwards while an alarm waits to be sent does not hold it back', async () => {
    await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await eventually(() => Promise.resolve(site.sink.refused > 0));
    site.clock.set(-HOUR);
    await site.looks();
    await site.hears();
    site.sink.refusing = false;
    await site.pass(2_000);
    await site.sends(1);
  });

  it('between two runs does no harm either', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    await site.stop();
    site.clock.set(-HOUR);
    const { clock, sink } = site;
    site = await Watching.start({ databaseUri: database.uri, clock, sink });
    expect(await site.state(id)).toMatchObject({ last_event: clock.now(), deadline: clock.now() + 10_000 });
    await site.pass(11_000);
    await site.sends(1);
  });
});
