import { StateStore } from '../../src/states/state-store';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { RecordingSink } from './support/recording-sink';
import { passFor, siteForEach, Watching } from './support/watching';

describe('an alarm that cannot be delivered', () => {
  let database: TestDatabase;
  let site: Watching;
  siteForEach((...started) => ([site, database] = started));

  const refusals = async (count: number): Promise<void> =>
    eventually(async () => {
      await site.looks();
      return site.sink.refused >= count;
    });

  it('is tried again after a second, then after two, until it is', async () => {
    const id = await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await refusals(1);
    await eventually(async () => (await site.state(id))?.attempts === 1);
    const first = await site.state(id);
    expect(first?.leased_until).toBe((first?.since ?? 0) + 1_000);
    await site.pass(1_000);
    await eventually(async () => (await site.state(id))?.attempts === 2);
    expect((await site.state(id))?.leased_until).toBeGreaterThanOrEqual((first?.leased_until ?? 0) + 2_000);
    site.sink.refusing = false;
    await site.pass(2_000);
    await site.sends(1);
    expect(await site.state(id)).toMatchObject({ attempts: 0, unsent: 0, outbox: [], leased_until: 0 });
  });

  it('waits no longer than a minute between two attempts', async () => {
    const id = await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await refusals(1);
    await eventually(async () => (await site.state(id))?.attempts === 1);
    await site.states.updateOne({ _id: id }, { $set: { attempts: 50, leased_until: 0 } });
    await eventually(async () => (await site.state(id))?.attempts === 51);
    expect((await site.state(id))?.leased_until).toBe(site.clock.now() + 60_000);
  });

  it('goes out before the one that came after it', async () => {
    const id = await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await refusals(1);
    await site.event('c1');
    await site.pass(11_000);
    await eventually(async () => (await site.state(id))?.unsent === 3);
    site.sink.refusing = false;
    await site.pass(60_000);
    await site.sends(3);
    expect(site.sink.told('connector:c1')).toEqual([3, 0, 3]);
  });

  it('keeps no other waiting', async () => {
    await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await refusals(1);
    site.sink.refusing = false;
    await site.create('c2');
    await site.pass(11_000);
    await eventually(() => Promise.resolve(site.sink.told('connector:c2').length === 1));
  });

  it('goes out at once when the broker is back', async () => {
    await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await refusals(1);
    site.transport.leave();
    await site.looks();
    site.sink.refusing = false;
    site.transport.comeBack();
    await site.sends(1);
  });

  it('goes out after a restart, and then the document of the removed heartbeat is deleted', async () => {
    const id = await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await refusals(1);
    await site.heartbeats.remove(id);
    await eventually(async () => (await site.state(id))?.unsent === 2);
    await site.stop();
    const { clock } = site;
    clock.pass(60_000);
    const sink = new RecordingSink();
    site = await Watching.start({ databaseUri: database.uri, clock, sink });
    await site.sends(2);
    expect(sink.told('connector:c1')).toEqual([3, 0]);
    await eventually(async () => expect(await site.state(id)).toBe(null));
  });

  it('is not sent by a second engine while the first one has it in hand', async () => {
    const id = await site.create('c1');
    site.sink.refusing = true;
    await site.pass(11_000);
    await refusals(1);
    await eventually(async () => (await site.state(id))?.lease === undefined);
    const leased_until = site.clock.now() + 30_000;
    await site.states.updateOne({ _id: id }, { $set: { lease: 'of another process', leased_until } });
    site.sink.refusing = false;
    await site.pass(29_000);
    expect(site.sink.alarms).toEqual([]);
    await site.pass(2_000);
    await site.sends(1);
  });

  it('is under way however long its confirm takes, so that nobody sends it again', async () => {
    const { clock, sink } = site;
    const second = await Watching.start({ databaseUri: database.uri, clock, sink });
    try {
      let confirm: () => void = () => undefined;
      sink.confirm = new Promise((resolve) => (confirm = resolve));
      const id = await site.create('c1');
      await passFor([site, second], 11_000);
      await eventually(() => Promise.resolve(sink.alarms.length === 1));
      // Twice as long as a lease lasts, which is renewed before it ends.
      for (let times = 0; times < 5; times += 1) {
        await passFor([site, second], 12_000);
        await eventually(async () => ((await site.state(id))?.leased_until ?? 0) > clock.now() + 20_000);
      }
      expect(await site.state(id)).toMatchObject({ unsent: 1, attempts: 0 });
      confirm();
      await eventually(async () => (await site.state(id))?.unsent === 0);
      expect(sink.told('connector:c1')).toEqual([3]);
    } finally {
      await second.stop();
    }
  });

  it('lets only so many wait as the document has room for, and tells of a silence that lasts', async () => {
    const connector = 'c1';
    const id = await site.create(connector, { expected_interval: '1s', output: 'x'.repeat(800_000) });
    site.sink.refusing = true;
    for (let silences = 0; silences < 4; silences += 1) {
      await site.pass(3_000);
      await site.event(connector);
    }
    expect((await site.state(id))?.unsent).toBe(2);
    site.sink.refusing = false;
    await site.pass(61_000);
    await site.sends(3);
    expect(site.sink.alarms.map(({ state }) => state)).toEqual([3, 0, 3]);
  });
});

describe('an open alarm', () => {
  let database: TestDatabase;
  let site: Watching;

  beforeEach(async () => {
    database = await startTestDatabase();
  });
  afterEach(async () => {
    await site.stop();
    await database.close();
  });

  it('is not repeated by itself', async () => {
    site = await Watching.start({ databaseUri: database.uri });
    await site.create('c1');
    await site.pass(60_000);
    await site.sends(1);
  });

  it('is repeated as often as is asked, until it is resolved', async () => {
    site = await Watching.start({ databaseUri: database.uri, repeatMs: 20_000 });
    await site.create('c1');
    await site.pass(11_000);
    await site.sends(1);
    await site.pass(19_000);
    expect(site.sink.alarms).toHaveLength(1);
    await site.pass(2_000);
    await site.sends(2);
    expect(site.sink.alarms[1]).toEqual(site.sink.alarms[0]);
    await site.pass(20_000);
    await site.sends(3);
    await site.event('c1');
    await site.sends(4);
    await site.pass(9_000);
    expect(site.sink.told('connector:c1')).toEqual([3, 3, 3, 0]);
  });

  it('is repeated although it was opened before that was asked for', async () => {
    site = await Watching.start({ databaseUri: database.uri });
    const id = await site.create('c1');
    await site.pass(11_000);
    await site.sends(1);
    const { clock, sink } = site;
    await site.stop();
    site = await Watching.start({ databaseUri: database.uri, clock, sink, repeatMs: 20_000 });
    await eventually(async () => (await site.state(id))?.repeat_at !== undefined);
    await site.pass(21_000);
    await site.sends(2);
  });

  it('is not repeated while it still waits to be sent', async () => {
    site = await Watching.start({ databaseUri: database.uri, repeatMs: 1_000 });
    const id = await site.create('c1');
    site.sink.refusing = true;
    await site.pass(30_000);
    expect((await site.state(id))?.unsent).toBe(1);
    expect((await site.state(id))?.repeat_at).toBeGreaterThan(site.clock.now() - 1_000);
  });
});

describe('an alarm whose lease was stored while the answer to it was lost', () => {
  let database: TestDatabase;
  let site: Watching;
  let lost = 0;

  beforeEach(async () => {
    database = await startTestDatabase();
    site = await Watching.start({ databaseUri: database.uri });
    lost = 0;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await site.stop();
    await database.close();
  });

  function loseAnswer(): void {
    const { states } = site;
    const losing = jest.spyOn(StateStore.prototype, 'write').mockImplementation(async (writes) => {
      const answer = writes.length === 0 ? 0 : (await states.bulkWrite(writes)).matchedCount;
      if (!JSON.stringify(writes).includes('"lease"')) return answer;
      lost += 1;
      losing.mockRestore();
      throw new Error('connection lost');
    });
  }

  it('goes out once, long before the lease ends: raised', async () => {
    await site.create('c1');
    await site.pass(9_000);
    loseAnswer();
    await site.pass(2_000);
    await site.hearsAgain();
    await site.sends(1);
    await site.pass(60_000);
    expect([lost, ...site.sink.told('connector:c1')]).toEqual([1, 3]);
  });

  it('goes out once, long before the lease ends: resolved', async () => {
    await site.create('c1');
    await site.pass(11_000);
    await site.sends(1);
    loseAnswer();
    await site.event('c1');
    await site.hearsAgain();
    await site.sends(2);
    expect([lost, ...site.sink.told('connector:c1')]).toEqual([1, 3, 0]);
  });
});
