import { eventually } from '../support/eventually';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { othersForEach, Watching } from './support/watching';

const byId = (_id: string): object => ({ _id });

describe('a heartbeat that is watched', () => {
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

  async function raised(connector: string, fields = {}): Promise<string> {
    const id = await site.create(connector, fields);
    await site.pass(11_000);
    await site.sends(site.sink.alarms.length || 1);
    await site.becomes(id, 'down');
    return id;
  }

  describe('through the API of this process', () => {
    it('matches events as soon as the client knows that it is created', async () => {
      const id = await site.create('c1');
      await site.event('c1');
      expect((await site.state(id))?.state).toBe('up');
    });

    it('is resolved when it is removed, and forgotten', async () => {
      const id = await raised('c1');
      await site.heartbeats.remove(id);
      await eventually(async () => expect(await site.state(id)).toBe(null));
      expect(site.sink.told('connector:c1')).toEqual([3, 0]);
      expect(site.sink.alarms[1]?.output).toBe('Heartbeat removed');
      expect(site.engine.watched).toBe(0);
    });

    it('leaves a mark where it is removed before its state is there, which nobody can overwrite', async () => {
      const api = await another(false);
      await site.stop();
      const id = await api.create('c1');
      expect(await api.state(id)).toBeNull();
      await api.heartbeats.remove(id);
      await expect(api.states.insertOne({ _id: id } as never)).rejects.toMatchObject({ code: 11000 });
      const engine = await another(true);
      await engine.pass(62_000);
      await eventually(async () => expect(await api.state(id)).toBe(null));
      expect(site.sink.alarms).toEqual([]);
    });

    it('is removed without an alarm where none is open', async () => {
      const id = await site.create('c1');
      await site.heartbeats.remove(id);
      await eventually(async () => expect(await site.state(id)).toBe(null));
      await site.pass(12_000);
      expect(site.sink.alarms).toEqual([]);
    });

    it('is forgotten only after it has been marked', async () => {
      const id = await site.create('c1');
      const mark = site.store.markRemoved.bind(site.store);
      jest.spyOn(site.store, 'markRemoved').mockImplementation(async (...what) => {
        await site.looks();
        await mark(...what);
      });
      await site.heartbeats.remove(id);
      expect(await site.state(id)).toBeNull();
    });

    it('resolves the old resource when its pattern changes, and starts afresh', async () => {
      const id = await raised('c1');
      await site.replace(id, { pattern: { connector: 'c2' } });
      await site.sends(2);
      expect(site.sink.told('connector:c1')).toEqual([3, 0]);
      expect(site.sink.alarms[1]?.output).toBe('Heartbeat changed');
      expect(await site.state(id)).toMatchObject({
        state: 'waiting',
        last_event: null,
        deadline: site.clock.now() + 10_000,
      });
      await site.event('c1');
      expect((await site.state(id))?.state).toBe('waiting');
      await site.pass(11_000);
      await site.sends(3);
      expect(site.sink.told('connector:c2')).toEqual([3]);
    });

    it('moves its deadline when its interval changes', async () => {
      const id = await site.create('c1');
      await site.event('c1');
      const heard = site.clock.now();
      await site.pass(5_000);
      await site.replace(id, { pattern: { connector: 'c1' }, expected_interval: '20s' });
      expect(await site.state(id)).toMatchObject({
        state: 'up',
        last_event: heard,
        deadline: heard + 20_000,
      });
      await site.pass(14_000);
      expect((await site.state(id))?.state).toBe('up');
      await site.replace(id, { pattern: { connector: 'c1' }, expected_interval: '15s' });
      await site.pass(1_000);
      await site.sends(1);
      expect(site.sink.alarms[0]?.output).toBe('No event matching connector:c1 for 15s');
    });

    it('keeps its alarm open when its interval or its output changes', async () => {
      const id = await raised('c1');
      await site.replace(id, { pattern: { connector: 'c1' }, expected_interval: '1h', output: 'new text' });
      await site.pass(2_000);
      expect((await site.state(id))?.state).toBe('down');
      await site.event('c1');
      await site.sends(2);
      expect(site.sink.alarms.map(({ output }) => output)).toEqual([
        'No event matching connector:c1 for 10s',
        'new text',
      ]);
      expect((await site.state(id))?.deadline).toBe(site.clock.now() + 3_600_000);
    });

    it('takes the event that comes together with a change of its interval', async () => {
      const id = await site.create('c1');
      const stored = site.event('c1');
      await Promise.all([
        stored,
        site.replace(id, { pattern: { connector: 'c1' }, expected_interval: '1h' }),
      ]);
      expect(await site.state(id)).toMatchObject({ state: 'up', deadline: site.clock.now() + 3_600_000 });
    });
  });

  describe('through the API of another process', () => {
    it('is known when it was created there', async () => {
      const api = await another(false);
      const id = await api.create('c1');
      await eventually(() => Promise.resolve(site.engine.watched === 1));
      await site.event('c1');
      expect((await site.state(id))?.state).toBe('up');
    });

    it('is resolved when it was removed there', async () => {
      const id = await raised('c1');
      const api = await another(false);
      await api.heartbeats.remove(id);
      await site.sends(2);
      await eventually(async () => expect(await site.state(id)).toBe(null));
      expect(site.sink.told('connector:c1')).toEqual([3, 0]);
    });

    it('follows a pattern that was changed there', async () => {
      const id = await raised('c1');
      const api = await another(false);
      await api.replace(id, { pattern: { connector: 'c2' } });
      await site.sends(2);
      await eventually(async () => {
        await site.event('c2');
        return (await site.state(id))?.state === 'up';
      });
    });

    it('is known to each of two engines, whoever changed it, and resolved once', async () => {
      const second = await another(true);
      const id = await second.create('c1');
      await eventually(() => Promise.resolve(site.engine.watched === 1));
      await site.event('c1');
      await second.event('c1');
      await second.replace(id, { pattern: { connector: 'c2' } });
      await eventually(async () => {
        await site.event('c2');
        return (await site.state(id))?.state === 'up';
      });
      await site.heartbeats.remove(id);
      await eventually(() => Promise.resolve(second.engine.watched === 0));
      expect(await site.state(id)).toBeNull();
    });

    it('starts afresh when it was removed and created again under the same id', async () => {
      const { clock, sink } = site;
      await site.stop();
      site = await Watching.start({ databaseUri: database.uri, clock, sink, dialect: 'canopsis-3' });
      const api = await another(false);
      const id = await raised('c1');
      await api.heartbeats.remove(id);
      expect(await api.create('c1')).toBe(id);
      await site.becomes(id, 'waiting');
      await site.sends(2);
      await site.pass(11_000);
      await site.sends(3);
      expect(sink.told('connector:c1')).toEqual([3, 0, 3]);
    });
  });

  describe('written by another program', () => {
    const heartbeat = { pattern: { connector: 'c1' }, expected_interval: '10s' };

    it('is found, followed, and missed when it is gone', async () => {
      await database.heartbeats((collection) => collection.insertOne({ _id: 'x', ...heartbeat }));
      await eventually(() => Promise.resolve(site.engine.watched === 1));
      await site.event('c1');
      expect((await site.state('x'))?.state).toBe('up');
      const changes = { expected_interval: '20s', output: 'text' };
      await database.heartbeats((collection) => collection.updateOne(byId('x'), { $set: changes }));
      await eventually(async () => (await site.state('x'))?.interval_ms === 20_000);
      await database.heartbeats((collection) => collection.deleteOne(byId('x')));
      await site.becomes('x', undefined);
      await eventually(() => Promise.resolve(site.engine.watched === 0));
    });

    it.each([
      ['an interval without a number', { expected_interval: 's' }],
      ['an interval with a line break', { expected_interval: '10s\n' }],
      ['an interval of nothing', { expected_interval: '0s' }],
      ['no interval', { expected_interval: undefined }],
      ['a number in its pattern', { pattern: { connector: 3 } }],
      ['an empty pattern', { pattern: {} }],
      ['a text for a pattern', { pattern: 'connector' }],
      ['no pattern', { pattern: null }],
    ])('is not watched with %s, and harms no other', async (_, fields) => {
      await database.heartbeats((collection) => collection.insertOne({ _id: 'x', ...heartbeat, ...fields }));
      await site.becomes('x', 'invalid');
      expect(await site.state('x')).toMatchObject({ deadline: null, last_event: null, outbox: [] });
      const id = await site.create('c2');
      await site.pass(12_000);
      await site.sends(1);
      expect((await site.state(id))?.state).toBe('down');
      expect((await site.state('x'))?.state).toBe('invalid');
      const lines = site.log.lines.filter((line) => line.includes('invalid'));
      expect(lines).toEqual([expect.stringContaining('"x"')]);
    });

    it('resolves its alarm when it becomes invalid, and is watched again when it is valid', async () => {
      const id = await raised('c1');
      const set = (expected_interval: string): Promise<unknown> =>
        database.heartbeats((collection) => collection.updateOne(byId(id), { $set: { expected_interval } }));
      await set('s');
      await site.becomes(id, 'invalid');
      await site.sends(2);
      await set('10s');
      await site.becomes(id, 'waiting');
      await site.pass(11_000);
      await site.sends(3);
      expect(site.sink.told('connector:c1')).toEqual([3, 0, 3]);
    });
  });
});
