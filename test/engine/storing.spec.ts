import { EngineRegistry } from '../../src/states/engine-registry';
import { StateStore } from '../../src/states/state-store';
import { type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { siteForEach, Watching } from './support/watching';

describe('an event', () => {
  let database: TestDatabase;
  let site: Watching;
  afterEach(() => jest.restoreAllMocks());
  siteForEach((...started) => ([site, database] = started));

  it('that belongs to no heartbeat is acknowledged, and stores nothing', async () => {
    const write = jest.spyOn(StateStore.prototype, 'write');
    await site.event('nobody');
    expect(write).not.toHaveBeenCalled();
  });

  it('is acknowledged only after it is stored', async () => {
    const id = await site.create('c1');
    let store: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => (store = resolve));
    jest.spyOn(StateStore.prototype, 'write').mockImplementation(async (writes) => {
      await hold;
      return writes.length === 0 ? 0 : (await site.states.bulkWrite(writes)).matchedCount;
    });
    let acknowledged = false;
    const event = site.event('c1').then(() => (acknowledged = true));
    await site.event('nobody');
    expect(acknowledged).toBe(false);
    store();
    await event;
    expect((await site.state(id))?.state).toBe('up');
  });

  it('is stored together with many others: one write for each heartbeat', async () => {
    await site.create('c1');
    await site.create('c2');
    await site.event('c1');
    const write = jest.spyOn(StateStore.prototype, 'write');
    await Promise.all(Array.from({ length: 200 }, (_, n) => site.event(`c${1 + (n % 2)}`)));
    const writes = write.mock.calls.flatMap(([all]) => all);
    expect(writes.length).toBeLessThan(10);
  });

  it('that cannot be stored is given back, and stored when the database is there again', async () => {
    const id = await site.create('c1');
    let failures = 0;
    const failing = jest.spyOn(StateStore.prototype, 'write').mockImplementation((writes) => {
      if (writes.length > 0) failures += 1;
      return writes.length > 0 ? Promise.reject(new Error('database away')) : Promise.resolve(0);
    });
    const stored = site.event('c1');
    await eventually(() => Promise.resolve(failures > 0));
    expect((await site.state(id))?.state).toBe('waiting');
    failing.mockRestore();
    await stored;
    expect((await site.state(id))?.state).toBe('up');
    await site.hearsAgain();
  });

  it('is taken again where storing failed while consuming began', async () => {
    const id = await site.create('c1');
    const { transport } = site;
    const failing = jest
      .spyOn(StateStore.prototype, 'write')
      .mockImplementation((writes) =>
        writes.length > 0 ? Promise.reject(new Error('database away')) : Promise.resolve(0),
      );
    const stops = jest.spyOn(transport, 'stopConsuming');
    const consume = transport.consume.bind(transport);
    let ended = 0;
    const begins = jest.spyOn(transport, 'consume').mockImplementation(async (handler) => {
      await consume(handler);
      const before = stops.mock.calls.length;
      await eventually(() => Promise.resolve(stops.mock.calls.length > before));
      ended += 1;
    });
    const lost = site.event('c1').catch(() => undefined);
    await eventually(() => Promise.resolve(ended > 0));
    begins.mockImplementation(consume);
    failing.mockRestore();
    await lost;
    await site.event('c1');
    expect((await site.state(id))?.state).toBe('up');
  });

  it('raises no alarm while the database is away', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    const failing = jest
      .spyOn(EngineRegistry.prototype, 'read')
      .mockRejectedValue(new Error('database away'));
    await site.pass(9_000);
    expect(site.engine.isBlind).toBe(true);
    failing.mockRestore();
    await site.hearsAgain();
    const back = site.clock.now();
    await site.pass(2_000);
    await eventually(async () => (await site.state(id))?.deadline === back + 10_000);
    expect((await site.state(id))?.state).toBe('up');
  });

  it('in the process of stopping is stored', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    site.clock.pass(100);
    const event = site.event('c1');
    const { clock, sink } = site;
    await site.stop();
    await event;
    site = await Watching.start({ databaseUri: database.uri, clock, sink });
    expect((await site.state(id))?.last_event).toBe(clock.now());
  });

  it('is still counted after its document was deleted under the engine', async () => {
    const id = await site.create('c1');
    await site.states.deleteOne({ _id: id });
    await site.event('c1');
    expect((await site.state(id))?.state).toBe('up');
  });
});
