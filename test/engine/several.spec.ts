import { startTestDatabase, type TestDatabase } from '../support/database';
import { StateStore } from '../../src/states/state-store';
import { eventually } from '../support/eventually';
import { passFor, Watching } from './support/watching';

const COUNT = 500;

/** Does it for all of them, 50 at once. */
async function inTurns(names: string[], act: (name: string, n: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < names.length; from += 50) {
    await Promise.all(names.slice(from, from + 50).map((name, n) => act(name, from + n)));
  }
}

describe('several engines on one database', () => {
  let database: TestDatabase;
  let all: Watching[];

  beforeEach(async () => {
    database = await startTestDatabase();
    const first = await Watching.start({ databaseUri: database.uri });
    const { clock, sink } = first;
    all = [first, await Watching.start({ databaseUri: database.uri, clock, sink })];
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(all.map((one) => one.stop()));
    await database.close();
  });

  it('raise each of 500 silences once, and resolve each once', async () => {
    const [first, second] = all as [Watching, Watching];
    const names = Array.from({ length: COUNT }, (_, n) => `c${n}`);
    const heartbeats = names.map((_id) => ({ _id, pattern: { connector: _id }, expected_interval: '10s' }));
    await database.heartbeats((collection) => collection.insertMany(heartbeats));
    await eventually(() => Promise.resolve(all.every(({ engine }) => engine.watched === COUNT)));
    await inTurns(names, (name, n) => (n % 3 === 0 ? first : second).event(name));
    await passFor(all, 11_000);
    await first.sends(COUNT);
    // Both hear of each, at the same time.
    await inTurns(names, (name) => Promise.all([first.event(name), second.event(name)]));
    await first.sends(2 * COUNT);
    await passFor(all, 11_000);
    await first.sends(3 * COUNT);
    for (const name of names) expect(first.sink.told(`connector:${name}`)).toEqual([3, 0, 3]);
  }, 120_000);

  it('go on when one of them goes', async () => {
    const [first, second] = all as [Watching, Watching];
    const id = await first.create('c1');
    await eventually(() => Promise.resolve(second.engine.watched === 1));
    await first.event('c1');
    await first.stop();
    await passFor([second], 5_000);
    await second.event('c1');
    await passFor([second], 9_000);
    expect((await second.state(id))?.state).toBe('up');
    await passFor([second], 2_000);
    await second.sends(1);
  });

  it('do not resolve the alarm of a later silence by an event from before it', async () => {
    const [first, second] = all as [Watching, Watching];
    const id = await first.create('c1');
    await eventually(() => Promise.resolve(second.engine.watched === 1));
    await first.event('c1');
    await passFor(all, 11_000);
    await first.sends(1);

    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let holding = false;
    jest.spyOn(StateStore.prototype, 'write').mockImplementationOnce(async (writes) => {
      holding = true;
      await held;
      return (await first.states.bulkWrite(writes)).matchedCount;
    });
    const late = first.event('c1');
    await eventually(() => Promise.resolve(holding));
    second.clock.pass(100);
    await second.event('c1');
    await passFor([second], 14_000);
    await second.sends(3);
    const raised = await second.state(id);

    release();
    await late;
    expect(await first.state(id)).toMatchObject({ state: 'down', since: raised?.since });
    expect(first.sink.told('connector:c1')).toEqual([3, 0, 3]);
  });

  it('do not raise what another one heard meanwhile', async () => {
    const [first, second] = all as [Watching, Watching];
    const id = await first.create('c1');
    await eventually(() => Promise.resolve(second.engine.watched === 1));
    for (let times = 0; times < 10; times += 1) {
      await passFor(all, 3_000);
      await all[times % 2]?.event('c1');
    }
    expect(await first.state(id)).toMatchObject({ state: 'up', last_event: first.clock.now() });
    expect(first.sink.alarms).toEqual([]);
  });

  it('forget one that was killed a minute ago, and keep one that was heard of since', async () => {
    const [first] = all as [Watching, Watching];
    const other = { host: 'h', pid: 1, consuming_since: null, received_until: 0, proven_until: 0 };
    const now = first.clock.now();
    await database.collection('heartbeat_engine', (engines) =>
      engines.insertMany([
        { _id: 'engine:old', ...other, seen: now - 61_000 },
        { _id: 'engine:late', ...other, seen: now - 30_000 },
      ]),
    );
    await passFor(all, 2_000);
    const known = (): Promise<unknown[]> =>
      database.collection('heartbeat_engine', async (engines) => {
        const all = await engines.find({}, { projection: { _id: 1 } }).toArray();
        return all.map(({ _id }) => _id);
      });
    await eventually(async () => expect(await known()).not.toContain('engine:old'));
    expect(await known()).toContain('engine:late');
  });

  it('both hear again after one clock for both was set', async () => {
    const [first, second] = all as [Watching, Watching];
    const id = await first.create('c1');
    await first.event('c1');
    first.clock.set(-3_600_000);
    await Promise.all(all.map((one) => one.looks()));
    await Promise.all([first.hears(), second.hears()]);
    await passFor(all, 11_000);
    await first.sends(1);
    expect((await first.state(id))?.state).toBe('down');
  });
});
