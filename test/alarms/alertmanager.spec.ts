import { MovableClock } from '../../src/testing/movable-clock';
import { Watching } from '../engine/support/watching';
import { at } from '../support/at';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { ALERTMANAGER, TestAlertmanager } from './alertmanager';

/** Alertmanager goes by its own clock: what a test's clock says must lie behind it, also after time has passed. */
const BEHIND_MS = 3_600_000;
/** Longer than an alert goes unrefreshed. */
const UNTIL_REFRESHED_MS = 301_000;

/** Skipped, and seen to be, without an Alertmanager. */
(ALERTMANAGER === '' ? describe.skip : describe)('alarms for a real Alertmanager', () => {
  let database: TestDatabase;
  let alertmanager: TestAlertmanager;
  let clock: MovableClock;
  let sites: Watching[];

  beforeEach(async () => {
    clock = new MovableClock(Date.now() - BEHIND_MS);
    sites = [];
    [database, alertmanager] = await Promise.all([startTestDatabase(), TestAlertmanager.prepare()]);
  });
  afterEach(async () => {
    for (const site of sites) await site.stop();
    await database.close();
    await alertmanager.close();
  });

  async function start(path = ''): Promise<Watching> {
    const url = `${alertmanager.url}${path}`;
    const site = await Watching.start({ databaseUri: database.uri, clock, alertmanager: { url } });
    sites.push(site);
    return site;
  }

  /** Creates a heartbeat that falls silent. @returns its id */
  async function silent(site: Watching, connector: string, fields = {}): Promise<string> {
    const id = await site.create(connector, fields);
    await site.pass(11_000);
    await site.becomes(id, 'down');
    return id;
  }

  const toldOf = (id: string, ...statuses: string[]): Promise<void> =>
    eventually(() => expect(alertmanager.told(id)).toEqual(statuses));

  /** Time passes until it is so: alarms rest after a failure. */
  const passUntil = (site: Watching, holds: () => Promise<boolean>): Promise<void> =>
    eventually(async () => {
      await site.pass(1_000);
      return holds();
    });

  const isActive = async (id: string): Promise<boolean> => (await alertmanager.active(id)).length === 1;

  it('are active with their labels from a silence on, and end with the next event', async () => {
    await alertmanager.start();
    const site = await start('/');
    const pattern = { connector: 'c1', name: 'n/é', 'a-b': '1', heartbeat: 'x', empty: '' };
    const id = await silent(site, '', { pattern, name: 'Nächtlich "1"', output: 'Nö' });
    await toldOf(id, 'firing');
    const alert = at(await alertmanager.active(id), 0);
    expect(alert).toMatchObject({ annotations: { output: 'Nö' } });
    expect(alert.labels).toEqual({
      ...{ alertname: 'HeartbeatSilent', heartbeat: id, name: 'Nächtlich "1"' },
      ...{ connector: 'c1', U__name: 'n/é', U__a_2d_b: '1', U__heartbeat: 'x' },
    });
    const { since = 0 } = (await site.state(id)) ?? {};
    expect(Date.parse(alert.startsAt)).toBe(Math.floor(since / 1_000) * 1_000);
    expect(Date.parse(alert.endsAt)).toBeGreaterThan(Date.now() + 23 * 3_600_000);

    await site.event('c1', { name: 'n/é', 'a-b': '1', heartbeat: 'x', empty: '' });
    await toldOf(id, 'firing', 'resolved');
    expect(await alertmanager.active(id)).toEqual([]);
    // The broker was told as well.
    await site.sends(2);
  });

  it('end where the heartbeat is removed, or its pattern changed, also under another name meanwhile', async () => {
    await alertmanager.start();
    const site = await start();
    const [removed, changed] = [
      await site.create('c1', { name: 'one' }),
      await silent(site, 'c2', { name: 'two' }),
    ];
    await toldOf(removed, 'firing');
    await toldOf(changed, 'firing');
    await site.replace(changed, { pattern: { connector: 'c2' }, name: 'three' });
    await site.replace(changed, { pattern: { connector: 'c3' }, name: 'three' });
    await site.heartbeats.remove(removed);
    await toldOf(removed, 'firing', 'resolved');
    await toldOf(changed, 'firing', 'resolved');
    expect(await alertmanager.active()).toEqual([]);
    await passUntil(site, async () => (await site.state(removed)) === null);
  });

  it('stay open in a pause, also for one that forgot them, until an event comes', async () => {
    await alertmanager.start();
    const site = await start();
    const id = await silent(site, 'c1');
    await toldOf(id, 'firing');
    await site.pauses.pause(id, { until: null });
    await site.becomes(id, 'paused');
    await alertmanager.stop();
    await alertmanager.start();
    clock.pass(UNTIL_REFRESHED_MS);
    await eventually(() => isActive(id));
    await site.event('c1');
    await toldOf(id, 'firing', 'resolved');
    expect(await site.state(id)).toMatchObject({ state: 'paused' });
  });

  it('come later, and in order, where Alertmanager is away, and those that are over are ended', async () => {
    const site = await start();
    const [open, over] = [await site.create('c1'), await silent(site, 'c2')];
    await site.event('c2');
    await site.becomes(over, 'up');
    await site.sends(3);
    await eventually(async () => {
      const { alertmanager_outbox = [] } = (await site.state(over)) ?? {};
      expect(alertmanager_outbox.map(({ body }) => (JSON.parse(body) as { state: number }).state)).toEqual([
        3, 0,
      ]);
    });
    await alertmanager.start();
    // Time passes meanwhile, in which the one whose alarm is over must not fall silent again.
    await passUntil(site, async () => {
      await site.event('c2');
      return (await isActive(open)) && (await site.state(over))?.alertmanager_unsent === 0;
    });
    // So much time may have passed that the open one was told again.
    expect(await alertmanager.received('firing')).toBeGreaterThanOrEqual(2);
    expect(await alertmanager.received('resolved')).toBe(1);
    expect((await alertmanager.active()).map(({ labels }) => labels.heartbeat)).toEqual([open]);
  });

  it('that are open are told again to one that forgot them, once each by two engines that were started anew', async () => {
    await alertmanager.start();
    const site = await start();
    const [first, second] = [await site.create('c1'), await silent(site, 'c2')];
    for (const id of [first, second]) await toldOf(id, 'firing');
    const before = await alertmanager.active();
    await site.stop();
    await alertmanager.stop();
    await alertmanager.start();
    expect(await alertmanager.active()).toEqual([]);
    clock.pass(UNTIL_REFRESHED_MS);
    const again = await Promise.all([start(), start()]);
    await eventually(async () => expect(await alertmanager.active()).toHaveLength(2));
    const known = (alerts: typeof before): unknown[] =>
      alerts.map(({ labels, annotations, startsAt }) => [labels, annotations, startsAt]);
    expect(known(await alertmanager.active())).toEqual(expect.arrayContaining(known(before)));
    await Promise.all(again.map((one) => one.looks()));
    expect(await alertmanager.received('firing')).toBe(2);
    await again[0].event('c1');
    await toldOf(first, 'firing', 'resolved');
    expect(await isActive(second)).toBe(true);
  });

  it('that were open before there was one are told to it', async () => {
    const { uri: databaseUri } = database;
    const webhook = { url: 'http://127.0.0.1:9/' };
    const without = await Watching.start({ databaseUri, clock, webhook });
    sites.push(without);
    const id = await silent(without, 'c1');
    await without.stop();
    await alertmanager.start();
    const site = await start();
    await eventually(() => isActive(id));
    await site.event('c1');
    await toldOf(id, 'firing', 'resolved');
  });
});
