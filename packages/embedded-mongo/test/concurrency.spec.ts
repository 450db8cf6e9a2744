import { startEmbeddedMongo } from '../src';
import { StorageError } from '../src/errors';
import { Storage } from '../src/storage/storage';
import { mongo } from 'mongoose';
import { setImmediate } from 'node:timers/promises';
import { errorCode, temporaryDirectory, eachInItsCollection, type Running } from './support';

type Any = mongo.Document & { _id: number | string };

/** An update that MongoDB refuses when it is carried out, not when it is read. */
const BAD_UPDATE = [{ $set: { x: { $divide: [1, 0] } } }];

describe('the embedded MongoDB under several clients at once', () => {
  let running: Running;
  let collection: mongo.Collection<Any>;
  eachInItsCollection<Any>((ofTest, server) => ([collection, running] = [ofTest, server]));

  const rows = (count: number): Any[] => Array.from({ length: count }, (_, at) => ({ _id: at, a: 0, b: 0 }));

  /** Does something again and again, until the other promise is settled. */
  async function meanwhile<T>(main: Promise<T>, again: () => Promise<unknown>, clients = 1): Promise<T> {
    let over = false;
    const done = main.finally(() => (over = true));
    const loop = async (): Promise<void> => {
      while (!over) await again();
    };
    const [result] = await Promise.all([done, ...Array.from({ length: clients }, loop)]);
    return result;
  }

  it('counts what is committed, whatever is added, removed or refused meanwhile', async () => {
    await collection.insertMany([{ _id: 'seed' }, ...rows(100)]);
    let fewest = 101;
    const change = async (): Promise<void> => {
      for (let round = 0; round < 30; round++) {
        const added = [{ _id: 1_000 + round }, { _id: 'seed' }, { _id: 2_000 + round }];
        expect(await errorCode(collection.insertMany(added, { ordered: false }))).toBe(11000);
        // Two were added, and one goes now.
        fewest += 1;
        await collection.deleteOne({ _id: 1_000 + round });
        expect(await collection.countDocuments()).toBe(102 + round);
      }
    };
    const count = async (): Promise<void> => {
      const least = fewest;
      expect(await collection.countDocuments()).toBeGreaterThanOrEqual(least);
    };
    await meanwhile(change(), count, 3);
    await collection.updateMany({}, { $set: { a: 1 } });
    expect(await collection.countDocuments()).toBe(131);
    await collection.deleteMany({});
    expect(await collection.countDocuments()).toBe(0);
  });

  describe('where a statement fails', () => {
    const failing = async (): Promise<void> =>
      expect(await errorCode(collection.updateOne({ _id: 'seed' }, BAD_UPDATE))).toBe(2);

    it('keeps what others write, in collections old and new', async () => {
      await collection.insertOne({ _id: 'seed' });
      const insert = async (client: number): Promise<void> => {
        for (let at = 0; at < 20; at++) {
          // So that the clients do not all wait for the same commits.
          for (let turn = 0; turn < (client * 7 + at * 3) % 11; turn++) await setImmediate();
          await collection.insertOne({ _id: `${client} ${at}` });
          const fresh = running.db.collection<Any>(`new${collection.collectionName} ${client} ${at % 4}`);
          await fresh.insertOne({ _id: at });
        }
      };
      const clients = Array.from({ length: 20 }, (_, client) => insert(client));
      await meanwhile(Promise.all(clients), failing, 3);
      expect(await collection.find({}, { hint: { $natural: 1 } }).toArray()).toHaveLength(401);
      expect(await collection.find({ _id: { $gt: '' } }).toArray()).toHaveLength(401);
      for (let client = 0; client < 20; client++)
        for (let at = 0; at < 4; at++) {
          const fresh = running.db.collection(`new${collection.collectionName} ${client} ${at}`);
          expect(await fresh.find().toArray()).toHaveLength(5);
        }
    });

    it('carries the long update of another to its end', async () => {
      await collection.insertMany([{ _id: 'seed' }, ...rows(8000)]);
      const update = collection.updateMany({ a: 0 }, { $inc: { a: 1 } });
      expect(await meanwhile(update, failing)).toMatchObject({ matchedCount: 8000, modifiedCount: 8000 });
      expect(await collection.countDocuments({ a: 1 })).toBe(8000);
    });

    it('keeps the statements before it in its own batch', async () => {
      await collection.insertMany(rows(3));
      const updates = [
        { q: { _id: 0 }, u: { $set: { a: 1 } } },
        { q: { _id: 1 }, u: BAD_UPDATE },
        { q: { _id: 2 }, u: { $set: { a: 1 } } },
      ];
      const name = collection.collectionName;
      expect(await running.db.command({ update: name, updates })).toMatchObject({
        n: 1,
        nModified: 1,
        writeErrors: [{ index: 1, code: 2 }],
      });
      expect(await running.db.command({ update: name, updates, ordered: false })).toMatchObject({
        n: 2,
        nModified: 1,
        writeErrors: [{ index: 1, code: 2 }],
      });
      expect(await collection.countDocuments({ a: 1 })).toBe(2);
    });
  });

  describe('where two walk over the same documents', () => {
    it('loses no change of either, and no index entry', async () => {
      await collection.createIndex({ a: 1 });
      await collection.createIndex({ b: 1 });
      await collection.insertMany(rows(5000));
      await Promise.all([
        collection.updateMany({}, { $inc: { a: 1 } }),
        collection.updateMany({}, { $inc: { b: 1 } }),
      ]);
      expect(await collection.countDocuments({ a: { $ne: 1 } })).toBe(0);
      expect(await collection.countDocuments({ b: { $ne: 1 } })).toBe(0);
      expect(await collection.countDocuments({ a: 1 })).toBe(5000);
      expect(await collection.countDocuments({ b: 1 })).toBe(5000);
    });

    it('leaves what is deleted deleted, and its unique keys free', async () => {
      await collection.createIndex({ k: 1 }, { unique: true });
      await collection.insertMany(rows(5000).map((row) => ({ ...row, k: `k${row._id}` })));
      await Promise.all([
        collection.updateMany({}, [{ $set: { k: { $concat: ['$k', 'x'] } } }]),
        collection.deleteMany({}),
      ]);
      expect(await collection.find().toArray()).toEqual([]);
      const again = rows(5000).map((row) => ({ ...row, k: `k${row._id}x` }));
      expect(await collection.insertMany(again)).toMatchObject({ insertedCount: 5000 });
    });

    it('reads between two batches what there is by then', async () => {
      await collection.createIndex({ a: 1 });
      await collection.insertMany(rows(200));
      for (const hint of [{ $natural: 1 }, { $natural: -1 }, { a: 1 }]) {
        await collection.updateMany({}, { $set: { b: 0 } });
        const cursor = collection.find({ a: 0 }, { hint, batchSize: 5 });
        for (let at = 0; at < 5; at++) await cursor.next();
        await collection.updateMany({}, { $set: { b: 1 } });
        const rest = await cursor.toArray();
        // One document has been taken already, to see whether there is more.
        expect(rest.slice(1).map(({ b }): unknown => b)).toEqual(Array(194).fill(1));
      }
      const cursor = collection.find({ a: 0 }, { batchSize: 5 });
      for (let at = 0; at < 5; at++) await cursor.next();
      await collection.deleteMany({});
      expect((await cursor.toArray()).length).toBeLessThanOrEqual(1);
    });
  });

  describe('where a collection or an index is dropped', () => {
    it.each<[string, (dropped: mongo.Collection<Any>) => Promise<unknown>]>([
      ['the collection', (dropped) => dropped.drop()],
      ['the database', () => running.db.dropDatabase()],
      ['its index', (dropped) => dropped.dropIndex('a_1')],
    ])('fails a cursor on it: %s', async (_what, drop) => {
      await collection.createIndex({ a: 1 });
      await collection.insertMany(rows(100));
      const cursor = collection.find({ a: 0 }, { batchSize: 5 });
      await cursor.next();
      await drop(collection);
      expect(await errorCode(cursor.toArray())).toBe(175);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['an update of all in their order', () => collection.updateMany({}, { $set: { b: 1 } })],
      ['an update of all that an index gives', () => collection.updateMany({ a: 0 }, { $set: { b: 1 } })],
      ['a removal', () => collection.deleteMany({})],
    ])('fails a statement that has more to do: %s', async (_what, run) => {
      await collection.createIndex({ a: 1 });
      await collection.insertMany(rows(10_000));
      const code = errorCode(run());
      while (await collection.findOne({ _id: 0, b: 0 }));
      await collection.drop();
      expect(await code).toBe(175);
      expect(await collection.countDocuments()).toBe(0);
    });

    it('does not trouble a write that begins after it', async () => {
      await collection.insertMany(rows(10));
      await Promise.all([collection.drop(), collection.insertOne({ _id: 'new' })]);
      await collection.updateMany({}, { $set: { a: 1 } }, { upsert: true });
      expect(await collection.countDocuments({ a: 1 })).toBe(1);
    });
  });

  it('kills a cursor that is at work, and lets one client at a time use it', async () => {
    await collection.insertMany(rows(5000));
    const name = collection.collectionName;
    const slow = { a: 0, $nor: [{ x: /a/ }, { y: /b/ }] };
    const first = await running.db.command({ find: name, filter: slow, batchSize: 1 });
    const { id } = first.cursor as { id: mongo.Long };
    const next = (): Promise<mongo.Document> =>
      running.db.command({ getMore: mongo.Long.fromValue(id), collection: name, batchSize: 4990 });
    const more = [errorCode(next()), errorCode(next())];
    // Whichever came second is refused while the first is at work.
    expect(await Promise.race(more)).toBe(12051);
    const killed = await running.db.command({ killCursors: name, cursors: [id] });
    expect(killed).toMatchObject({ cursorsKilled: [id], cursorsNotFound: [] });
    expect((await Promise.all(more)).sort()).toEqual([12051, 237]);
    expect(await errorCode(next())).toBe(43);
  });

  it('does not follow a hint to an index whose entries are not there yet', async () => {
    await collection.insertMany(rows(1000));
    for (const field of ['a', 'b', 'c', 'd', 'e']) {
      const hinted = async (): Promise<void> => {
        const found = await collection.findOne({}, { hint: { [field]: 1 } }).catch(() => 'refused');
        expect(found).not.toBeNull();
      };
      await meanwhile(collection.createIndex({ [field]: 1 }), hinted, 8);
      expect(await collection.find({}, { hint: { [field]: 1 } }).toArray()).toHaveLength(1000);
    }
  });

  it('rolls back whole what the disk did not take, and nothing else, then and after a restart', async () => {
    const directory = await temporaryDirectory();
    const options = { dataDir: directory.path, onError: () => undefined };
    let server = await startEmbeddedMongo(options);
    let client = await new mongo.MongoClient(server.uri).connect();
    const insert = (_id: number): Promise<unknown> =>
      client
        .db('d')
        .collection<Any>(`c${_id % 10}`)
        .insertOne({ _id, tags: [_id, 'x'] });
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const put = Storage.prototype.put;
    let puts = 0;
    const spy = jest.spyOn(Storage.prototype, 'put').mockImplementation(function (this: Storage, key, value) {
      put.call(this, key, value);
      // Sometimes the first put of a new collection, sometimes a document's, sometimes an index entry's.
      if (++puts % 7 === 0) throw new StorageError('no space left on device');
    });
    const kept: number[] = [];
    try {
      for (let round = 0; round < 5; round++) {
        const ids = Array.from({ length: 40 }, (_, at) => round * 40 + at);
        const results = await Promise.allSettled(ids.map(insert));
        kept.push(...ids.filter((_, at) => results[at]?.status === 'fulfilled'));
      }
    } finally {
      spy.mockRestore();
    }
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(200);
    const found = async (): Promise<unknown[]> => {
      const all = Array.from({ length: 10 }, (_, at) => client.db('d').collection<Any>(`c${at}`));
      const ids = await Promise.all(all.map((one) => one.distinct('_id')));
      return ids.flat().sort((a, b) => Number(a) - Number(b));
    };
    expect(await found()).toEqual(kept);
    await insert(1000);
    await client.close();
    await server.close();
    server = await startEmbeddedMongo(options);
    client = await new mongo.MongoClient(server.uri).connect();
    expect(await found()).toEqual([...kept, 1000]);
    await client.close();
    await server.close();
    await directory.remove();
  });
});
