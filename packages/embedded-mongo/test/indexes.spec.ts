import fc from 'fast-check';
import { mongo } from 'mongoose';
import { condition, document } from './random-commands';
import { errorCode, eachInItsCollection, type Running } from './support';

type Any = mongo.Document & { _id: number | string | mongo.ObjectId };

describe('the indexes of the embedded MongoDB', () => {
  let running: Running;
  let collection: mongo.Collection<Any>;
  eachInItsCollection<Any>((ofTest, server) => ([collection, running] = [ofTest, server]));

  /** How many documents a query examined, and by which index. */
  async function stats(cursor: mongo.FindCursor): Promise<[string | undefined, number]> {
    const { queryPlanner, executionStats } = (await cursor.explain()) as {
      queryPlanner: {
        winningPlan: { stage: string; indexName?: string; inputStage?: { indexName?: string } };
      };
      executionStats: { totalDocsExamined: number };
    };
    const { indexName, inputStage, stage } = queryPlanner.winningPlan;
    return [stage === 'SORT' ? `SORT ${inputStage?.indexName}` : indexName, executionStats.totalDocsExamined];
  }

  const rows = (count: number): Any[] =>
    Array.from({ length: count }, (_, at) => ({
      _id: at,
      state: at % 2 ? 'up' : 'down',
      deadline: at * 10,
      created: at % 7,
      inserted: at,
    }));

  it('reads only what a compound index points at, in its order', async () => {
    await collection.createIndex({ state: 1, deadline: 1 });
    await collection.createIndex({ created: -1, inserted: -1 });
    await collection.insertMany(rows(1000));
    const due = { state: 'up', deadline: { $lte: 500 } };
    expect(await stats(collection.find(due).sort({ deadline: 1 }).limit(500))).toEqual([
      'state_1_deadline_1',
      25,
    ]);
    expect(await stats(collection.find({ state: 'up' }).sort({ deadline: -1 }).limit(5))).toEqual([
      'state_1_deadline_1',
      5,
    ]);
    expect(await stats(collection.find().sort({ created: -1, inserted: -1 }).limit(10))).toEqual([
      'created_-1_inserted_-1',
      10,
    ]);
    expect(await stats(collection.find().sort({ created: 1, inserted: 1 }).limit(10))).toEqual([
      'created_-1_inserted_-1',
      10,
    ]);
    expect(await stats(collection.find({ _id: 7 }))).toEqual(['_id_', 1]);
    expect(await stats(collection.find({ _id: { $in: [7, 8, 9] } }))).toEqual(['_id_', 3]);
    expect(await stats(collection.find({ deadline: 500 }))).toEqual([undefined, 1000]);
    expect(await stats(collection.find({ state: 'up' }).sort({ inserted: 1 }))).toEqual([
      'SORT state_1_deadline_1',
      500,
    ]);
    const sorted = await collection.find(due).sort({ deadline: 1 }).toArray();
    expect(sorted.map(({ deadline }): unknown => deadline)).toEqual(
      Array.from({ length: 25 }, (_, at) => 10 + 20 * at),
    );
  });

  it('examines the one key that a unique index has, whatever other indexes the filter suits better', async () => {
    await collection.createIndex({ state: 1, deadline: 1 });
    await collection.insertMany(
      rows(1000).map((row) => ({ ...row, state: 'up', deadline: 500, revision: 1 })),
    );
    const filter = { _id: 7, revision: 1, deadline: 500, state: 'up' };
    const { queryPlanner, executionStats } = await collection.find(filter).explain();
    expect(queryPlanner).toMatchObject({ winningPlan: { stage: 'IXSCAN', indexName: '_id_' } });
    expect(executionStats).toMatchObject({ nReturned: 1, totalKeysExamined: 1, totalDocsExamined: 1 });
    const some = { ...filter, _id: { $in: [7, 8, 9] } };
    expect(await stats(collection.find(some))).toEqual(['_id_', 3]);
  });

  it('keeps a unique index unique under concurrent writes, and tells the key', async () => {
    await collection.createIndex({ k: 1 }, { unique: true });
    const results = await Promise.allSettled(
      Array.from({ length: 64 }, (_, at) => collection.insertOne({ _id: at, k: 'same' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const error = await collection.insertOne({ _id: 'x', k: 'same' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 11000, keyPattern: { k: 1 }, keyValue: { k: 'same' } });
    await collection.insertOne({ _id: 'y', k: 'other' });
    expect(await errorCode(collection.updateOne({ _id: 'y' }, { $set: { k: 'same' } }))).toBe(11000);
    expect(await errorCode(collection.findOneAndUpdate({ _id: 'y' }, { $set: { k: 'same' } }))).toBe(11000);
    await collection.deleteOne({ k: 'same' });
    await collection.updateOne({ _id: 'y' }, { $set: { k: 'same' } });
    await collection.insertOne({ _id: 'z', k: 'other' });
    expect(await collection.countDocuments()).toBe(2);
  });

  it('forgets the old keys of a document that changed', async () => {
    await collection.createIndex({ tags: 1 });
    await collection.createIndex({ state: 1, n: 1 });
    await collection.insertOne({ _id: 1, state: 'a', n: 1, tags: ['x', 'y', 'z'] });
    await collection.updateOne({ _id: 1 }, { $set: { state: 'b', tags: ['y'] } });
    expect(await stats(collection.find({}, { hint: { state: 1, n: 1 } }))).toEqual(['state_1_n_1', 1]);
    expect(await stats(collection.find({ tags: { $in: ['x', 'z'] } }))).toEqual(['tags_1', 0]);
    expect(await stats(collection.find({ state: 'a' }))).toEqual(['state_1_n_1', 0]);
    await collection.deleteMany({});
    expect(await stats(collection.find({ tags: { $gt: '' } }))).toEqual(['tags_1', 0]);
  });

  it('holds a missing field unique unless the index is sparse', async () => {
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.createIndex({ b: 1 }, { unique: true, sparse: true });
    await collection.insertOne({ _id: 1 });
    expect(await errorCode(collection.insertOne({ _id: 2, a: null }))).toBe(11000);
    await collection.insertOne({ _id: 3, a: 1 });
    await collection.insertOne({ _id: 4, a: 2, b: null });
    expect(await errorCode(collection.insertOne({ _id: 5, a: 3, b: null }))).toBe(11000);
    expect(await collection.countDocuments({ b: null })).toBe(3);
    expect(await collection.countDocuments({ b: { $exists: false } })).toBe(2);
  });

  it('enforces a partial index where its filter holds, and uses it only there', async () => {
    await collection.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { live: true } });
    await collection.insertMany([
      { _id: 1, k: 1, live: true },
      { _id: 2, k: 1, live: false },
      { _id: 3, k: 1 },
    ]);
    expect(await errorCode(collection.updateOne({ _id: 2 }, { $set: { live: true } }))).toBe(11000);
    expect(await collection.countDocuments({ k: 1 })).toBe(3);
    expect(await stats(collection.find({ k: 1, live: true }))).toEqual(['k_1', 1]);
    expect(await stats(collection.find({ k: 1 }))).toEqual([undefined, 3]);
  });

  it('finds arrays by their elements, each once', async () => {
    await collection.createIndex({ tags: 1 });
    await collection.insertMany([
      { _id: 1, tags: ['a', 'b'] },
      { _id: 2, tags: ['b'] },
      { _id: 3, tags: [] },
      { _id: 4, tags: 'a' },
    ]);
    expect(
      await collection
        .find({ tags: { $gte: 'a' } })
        .map(({ _id }) => _id)
        .toArray(),
    ).toHaveLength(3);
    expect(await stats(collection.find({ tags: 'b' }))).toEqual(['tags_1', 2]);
    expect(await collection.find({ tags: { $gt: 'a', $lt: 'b' } }).toArray()).toMatchObject([{ _id: 1 }]);
    await collection.createIndex({ x: 1, y: 1 });
    expect(await errorCode(collection.insertOne({ _id: 5, x: [1, 2], y: [3, 4] }))).toBe(171);
  });

  it('holds values apart that are longer than a key of the storage', async () => {
    await collection.createIndex({ long: 1 }, { unique: true });
    const long = 'x'.repeat(5000);
    await collection.insertMany([
      { _id: 1, long: `${long}a` },
      { _id: 2, long: `${long}b` },
      { _id: 3, long: 'y' },
    ]);
    expect(await errorCode(collection.insertOne({ _id: 4, long: `${long}a` }))).toBe(11000);
    expect(await stats(collection.find({ long: `${long}b` }))).toEqual(['long_1', 1]);
    expect(
      await collection
        .find({ long: { $gt: `${long}a` } })
        .sort({ long: -1 })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([3, 2]);
    expect(
      await collection
        .find()
        .sort({ long: 1 })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([1, 2, 3]);
  });

  it('builds an index on what is there, or refuses and leaves none', async () => {
    await collection.insertMany([
      { _id: 1, k: 1 },
      { _id: 2, k: 1 },
    ]);
    expect(await errorCode(collection.createIndex({ k: 1 }, { unique: true }))).toBe(11000);
    expect((await collection.indexes()).map(({ name }) => name)).toEqual(['_id_']);
    await collection.createIndex({ k: 1 });
    expect(await stats(collection.find({ k: 1 }))).toEqual(['k_1', 2]);
    await collection.dropIndex('k_1');
    expect(await stats(collection.find({ k: 1 }))).toEqual([undefined, 2]);
    expect(await errorCode(collection.dropIndex('_id_'))).toBe(72);
  });

  it('changes a long indexed array in a time that grows with its length, not with the square of it', async () => {
    await collection.createIndex({ a: 1 });
    const push = async (_id: number, length: number): Promise<number> => {
      await collection.insertOne({ _id, a: Array.from({ length }, (_, at) => at) });
      const begun = performance.now();
      await collection.updateOne({ _id }, { $push: { a: -1 } as never });
      return performance.now() - begun;
    };
    await push(1, 1000);
    const short = await push(2, 2000);
    const long = await push(3, 16_000);
    // Eight times the length: 64 times the time, if each key were compared with each.
    expect(long).toBeLessThan(Math.max(short, 10) * 32);
    expect(await collection.countDocuments({ a: -1 })).toBe(3);
    expect(await collection.countDocuments({ a: 15_999 })).toBe(1);
  });

  it('is complete where it is made while an update is at work on many', async () => {
    const rows = Array.from({ length: 6_000 }, (_, _id) => ({ _id, kind: `kind ${_id % 2}`, at: 1.5 }));
    await collection.insertMany(rows);
    const update = collection.updateMany({ _id: { $gte: 0 } }, { $inc: { at: 1 } });
    await collection.createIndex({ kind: 1, at: 1 });
    await update;
    for (const kind of ['kind 0', 'kind 1'])
      expect(await collection.find({ kind, at: 2.5 }).hint('kind_1_at_1').toArray()).toHaveLength(3_000);
  });

  it('drops an index that is named twice, and no other', async () => {
    await collection.insertOne({ _id: 1, a: 1, b: 1 });
    await collection.createIndex({ a: 1 });
    await collection.createIndex({ b: 1 });
    const command = { dropIndexes: collection.collectionName, index: ['a_1', 'a_1'] };
    expect(await running.db.command(command)).toMatchObject({ nIndexesWas: 3 });
    expect((await collection.indexes()).map(({ name }) => name)).toEqual(['_id_', 'b_1']);
    expect(await errorCode(collection.insertOne({ _id: 1 }))).toBe(11000);
  });

  it('makes one index of each name, and none of a reserved one', async () => {
    const create = (...indexes: mongo.IndexDescription[]): Promise<unknown> =>
      collection.createIndexes(indexes);
    const [ax, bx] = [
      { key: { a: 1 }, name: 'x' },
      { key: { b: 1 }, name: 'x' },
    ];
    expect(await errorCode(create(ax, bx))).toBe(86);
    expect(await errorCode(create(ax, { ...ax, name: 'y' }))).toBe(85);
    expect(await errorCode(create({ key: { a: 1 }, name: '_id_' }))).toBe(2);
    expect(await errorCode(create({ key: { a: 1 }, name: '*' }))).toBe(2);
    expect(await running.db.listCollections({ name: collection.collectionName }).toArray()).toEqual([]);
    await create(ax, ax, { key: { _id: 1 }, name: '_id_' });
    expect((await collection.indexes()).map(({ name }) => name)).toEqual(['_id_', 'x']);
  });

  it('counts texts in an index, and nothing else that is there', async () => {
    const keys = ['b', 'a', 'c', 7, null, new Date(0), { b: 1 }, undefined];
    await collection.insertMany(keys.map((key, _id) => (key === undefined ? { _id } : { _id, key })));
    await collection.createIndex({ key: 1 }, { sparse: true });
    const counts = [{ $gte: '' }, { $gt: 'a' }].map((key) => collection.countDocuments({ key }));
    expect(await Promise.all(counts)).toEqual([3, 2]);
  });

  it('gives with indexes what it gives without', async () => {
    const plain = running.db.collection<Any>('plain');
    const indexed = running.db.collection<Any>('indexed');
    const keys: Record<string, 1 | -1>[] = [
      { a: 1 },
      { a: -1, b: 1 },
      { b: 1, a: 1 },
      { 'c.d': -1 },
      { s: 1 },
    ];
    for (const key of keys) await indexed.createIndex(key);
    await indexed.createIndex({ b: -1 }, { sparse: true });
    const sorts = fc.constantFrom<Record<string, 1 | -1>>(
      {},
      { a: 1 },
      { a: -1, b: 1 },
      { b: -1 },
      { b: 1, a: 1 },
      { 'c.d': 1 },
    );
    const filters = fc.array(condition, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(document, { selector: ({ _id }) => _id, maxLength: 6 }),
        fc.array(fc.tuple(filters, sorts), { minLength: 8, maxLength: 8 }),
        async (documents, queries) => {
          for (const one of [plain, indexed]) {
            await one.deleteMany({});
            if (documents.length > 0) await one.insertMany(documents);
          }
          for (const [$and, sort] of queries) {
            const filter = $and.length === 1 ? ($and[0] ?? {}) : { $and };
            const run = (one: typeof plain): Promise<Any[]> => one.find(filter).sort(sort).toArray();
            const [expected, found] = await Promise.all([run(plain), run(indexed)]);
            expect(await indexed.countDocuments(filter)).toBe(expected.length);
            expect(new Set(found.map(({ _id }) => _id))).toEqual(new Set(expected.map(({ _id }) => _id)));
            const order = (rows: Any[]): unknown[] => rows.map(({ b }): unknown => b ?? null);
            if (Object.keys(sort)[0] === 'b') expect(order(found)).toEqual(order(expected));
          }
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);
});
