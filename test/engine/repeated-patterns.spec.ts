import { mongo } from 'mongoose';
import { eventually } from '../support/eventually';
import { type Document, type TestDatabase, startTestDatabase } from '../support/database';
import { Watching } from './support/watching';

const pattern = { connector: 'twin' };
const SHORT = '10s';
const document = (_id: unknown, fields: object): Document => ({
  ...{ _id, pattern, expected_interval: SHORT },
  ...fields,
});

describe('several heartbeats with one pattern', () => {
  let database: TestDatabase;
  let site: Watching;
  const others: Watching[] = [];

  beforeEach(async () => {
    database = await startTestDatabase();
  });
  afterEach(async () => {
    for (const one of others.splice(0)) await one.stop();
    await site.stop();
    await database.close();
  });

  const insert = (...documents: Document[]): Promise<unknown> =>
    database.heartbeats((collection) => collection.insertMany(documents));
  const start = async (): Promise<void> => {
    site = await Watching.start({ databaseUri: database.uri });
  };
  const reason = async (id: string): Promise<string | undefined> => (await site.state(id))?.reason;
  const isWatched = async (elder: string, ...younger: string[]): Promise<void> => {
    await site.becomes(elder, 'waiting');
    for (const id of younger) {
      await eventually(async () => expect(await reason(id)).toBe(`the pattern of ${elder}`));
      expect((await site.state(id))?.state).toBe('invalid');
    }
  };

  it.each<[string, Document, Document]>([
    ['by dates', document('b', { created: 100 }), document('a', { created: 200 })],
    [
      'by dates of different types',
      document('b', { created: new Date(100_000) }),
      document('a', { created: 200 }),
    ],
    ['by texts', document('b', { created: '1970-01-01T00:01:40Z' }), document('a', { created: '200' })],
    ['those without a date first', document('b', {}), document('a', { created: 100 })],
    ['without dates by their ids', document('a', {}), document('b', {})],
    [
      'by when their ObjectIds were made',
      document(mongo.ObjectId.createFromTime(100), {}),
      document(mongo.ObjectId.createFromTime(200), {}),
    ],
    ['by numbers as ids', document(5, { created: 100 }), document(4, { created: 200 })],
  ])('raise one alarm: that of the oldest, %s', async (_, elder, younger) => {
    const [old, young] = [String(elder._id), String(younger._id)];
    await insert(younger, { ...elder, expected_interval: '20s' });
    await start();
    await isWatched(old, young);
    await site.event('twin');
    await site.pass(15_000);
    expect(site.sink.alarms).toEqual([]);
    await site.pass(6_000);
    await site.sends(1);
    expect((await site.state(old))?.state).toBe('down');
    expect((await site.state(young))?.state).toBe('invalid');
    const lines = site.log.lines.filter((line) => line.includes('not watched'));
    expect(lines).toEqual([expect.stringContaining(young)]);
  });

  it('are watched in their turn, when the one before is removed through the API', async () => {
    await insert(...[300, 100, 200].map((created) => document(`${created}`, { created })));
    await start();
    await isWatched('100', '200', '300');
    await site.heartbeats.remove('100');
    await isWatched('200', '300');
    await expect(site.heartbeats.create({ pattern, expected_interval: '1h' })).rejects.toThrow();
    await site.heartbeats.replace('200', { pattern: { connector: 'other' }, expected_interval: SHORT });
    await site.becomes('300', 'waiting');
    await site.pass(11_000);
    await site.sends(2);
    expect(site.sink.told('connector:twin')).toEqual([3]);
    expect(site.sink.told('connector:other')).toEqual([3]);
  });

  it('are watched in their turn, when another process or another program removes the one before', async () => {
    await insert(...[100, 200, 300].map((created) => document(`${created}`, { created })));
    await start();
    await isWatched('100', '200', '300');
    const { clock, sink } = site;
    const api = await Watching.start({ databaseUri: database.uri, clock, sink, engine: false });
    others.push(api);
    await api.heartbeats.remove('100');
    await isWatched('200', '300');
    await database.heartbeats((collection) => collection.deleteOne({ _id: '200' as never }));
    await site.becomes('300', 'waiting');
    // Its state is stored a moment before events are matched with it.
    await eventually(async () => {
      await site.event('twin');
      return (await site.state('300'))?.state === 'up';
    });
  });

  it('that another program inserts, or gives the pattern, while the engine runs', async () => {
    await start();
    const id = await site.create('twin');
    await insert(document('younger', { created: 9_000_000_000 }));
    await isWatched(id, 'younger');
    const other = await site.create('other');
    await database.heartbeats((collection) =>
      collection.updateOne({ _id: other as never }, { $set: { pattern } }),
    );
    await eventually(async () => (await reason(other)) === `the pattern of ${id}`);
    await insert(document('older', { created: 100 }));
    await isWatched('older', id);
    await eventually(async () => (await reason('younger')) === 'the pattern of older');
    await expect(site.heartbeats.create({ pattern, expected_interval: '1h' })).rejects.toThrow();
    await eventually(async () => {
      await site.event('twin');
      return (await site.state('older'))?.state === 'up';
    });
  });
});
