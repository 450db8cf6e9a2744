import { mongo } from 'mongoose';
import { errorCode, start, type Running } from './support';

const { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp, UUID } = mongo.BSON;

/** Documents of any shape, with ids of any type. */
type Any = mongo.Document & { _id: number | string | mongo.ObjectId };

describe.each([
  ['a Unix socket', undefined],
  ['TCP', 0],
])('the commands of the embedded MongoDB over %s', (_what, port) => {
  let running: Running;
  let counter = 0;
  let collection: mongo.Collection<Any>;

  beforeAll(async () => (running = await start(port)));
  afterAll(() => running.stop());
  beforeEach(() => (collection = running.db.collection<Any>(`c${counter++}`)));
  const typed = async (): Promise<unknown> => collection.findOne({}, { promoteValues: false });

  it('says hello as a standalone server that every current driver accepts', async () => {
    const hello = await running.db.admin().command({ hello: 1 });
    expect(hello).toMatchObject({
      isWritablePrimary: true,
      maxBsonObjectSize: 16 * 1024 * 1024,
      maxMessageSizeBytes: 48_000_000,
    });
    expect(hello.setName).toBeUndefined();
    expect(await running.db.admin().command({ buildInfo: 1 })).toMatchObject({ versionArray: [7, 0, 0, 0] });
  });

  it('keeps every type as it came in, also when another field is updated', async () => {
    const document = {
      _id: new ObjectId(),
      int: new Int32(5),
      double: new Double(5),
      zero: new Double(-0),
      long: Long.fromString('9007199254740993'),
      decimal: Decimal128.fromString('1.10'),
      date: new Date(123),
      uuid: new UUID(),
      binary: new Binary(Buffer.from('abc'), 5),
      timestamp: new Timestamp({ t: 1, i: 2 }),
      none: null,
      nested: { b: 1, a: [1, new Double(2), Long.ONE, { x: null }] },
    };
    const options = { promoteValues: false };
    const stored: Record<string, unknown> = mongo.BSON.deserialize(mongo.BSON.serialize(document), options);
    await collection.insertOne(document);
    expect(await typed()).toEqual(stored);
    await collection.updateOne({}, { $set: { more: 1 } });
    await collection.updateOne({}, [{ $set: { more: { $add: ['$more', 1] } } }]);
    expect(await typed()).toEqual({ ...stored, more: new Int32(2) });
  });

  it.each(['_bsontype', 'constructor', 'toString', '__proto__', 'toBSON', 'hasOwnProperty', 'length'])(
    'holds a field named %s like any other',
    async (name) => {
      const inner = new Map<string, unknown>([
        [name, 'ObjectId'],
        ['other', 1],
      ]);
      await collection.insertOne({ _id: 1, inner, list: [inner] });
      await collection.updateOne({ _id: 1 }, { $set: { touched: true } });
      const found = await collection.findOne({ _id: 1 });
      expect(Object.entries(found?.inner as object)).toEqual([...inner]);
      expect(({} as Record<string, unknown>).other).toBeUndefined();
      if (name !== '__proto__')
        expect(await collection.countDocuments({ [`inner.${name}`]: 'ObjectId' })).toBe(1);
    },
  );

  it('adds an _id where there is none, and puts it first', async () => {
    const raw = running.client
      .db('test', { forceServerObjectId: true })
      .collection<Any>(collection.collectionName);
    await raw.insertOne({ a: 1 } as never);
    expect(Object.keys((await raw.findOne({ a: 1 })) ?? {})).toEqual(['_id', 'a']);
    await collection.insertOne({ b: 1, _id: 'x' });
    expect(Object.keys((await raw.findOne({ _id: 'x' })) ?? {})).toEqual(['_id', 'b']);
  });

  it('counts integers up without changing their type, into int64 where they must grow', async () => {
    await collection.insertOne({
      _id: 1,
      int: 2_147_483_647,
      long: Long.fromNumber(1),
      double: new Double(1),
    });
    await collection.updateOne(
      {},
      { $inc: { int: 1, long: 1, double: 1, absent: Long.fromNumber(3) }, $mul: { nothing: 2 } },
    );
    expect(await typed()).toMatchObject({
      int: Long.fromNumber(2_147_483_648),
      long: Long.fromNumber(2),
      double: new Double(2),
      absent: Long.fromNumber(3),
      nothing: new Int32(0),
    });
    await collection.updateOne({}, { $set: { long: Long.MAX_VALUE } });
    expect(await errorCode(collection.updateOne({}, { $inc: { long: 1 } }))).toBe(2);
  });

  it('reports each failed statement of an unordered bulk, and stops an ordered one', async () => {
    await collection.createIndex({ k: 1 }, { unique: true });
    const rows = [
      { _id: 1, k: 1 },
      { _id: 2, k: 1 },
      { _id: 3, k: 3 },
    ];
    const unordered = await collection.insertMany(rows, { ordered: false }).catch((error: unknown) => error);
    expect(unordered).toMatchObject({ code: 11000, insertedCount: 2 });
    const name = collection.collectionName;
    expect(await running.db.command({ insert: name, documents: [{ k: 3 }], ordered: false })).toMatchObject({
      n: 0,
      writeErrors: [{ index: 0, code: 11000, keyPattern: { k: 1 }, keyValue: { k: 3 } }],
    });
    const ordered = await collection
      .insertMany([
        { _id: 4, k: 1 },
        { _id: 5, k: 5 },
      ])
      .catch((error: unknown) => error);
    expect(ordered).toMatchObject({ code: 11000, insertedCount: 0 });
    expect(await collection.countDocuments()).toBe(2);
  });

  it('updates by operators, arrays filters, positions, pipelines and replacements', async () => {
    await collection.insertOne({ _id: 1, list: [{ n: 1 }, { n: 2 }, { n: 3 }], deep: { a: 1, b: 2 } });
    await collection.updateOne({ 'list.n': 2 }, { $set: { 'list.$.hit': true } });
    await collection.updateOne(
      {},
      { $inc: { 'list.$[big].n': 10 } },
      { arrayFilters: [{ 'big.n': { $gte: 3 } }] },
    );
    await collection.updateOne({}, { $set: { 'list.$[].seen': 1 } });
    await collection.updateOne({}, [
      { $set: { deep: { c: '$deep.a' }, late: { $lt: ['$absent', 5] } } },
      { $unset: 'deep.b' },
    ]);
    await collection.updateOne(
      {},
      { $rename: { late: 'renamed' }, $push: { tags: { $each: [3, 1, 2], $sort: 1, $slice: 2 } as never } },
    );
    const list = [
      { n: 1, seen: 1 },
      { n: 2, hit: true, seen: 1 },
      { n: 13, seen: 1 },
    ];
    expect(await collection.findOne()).toEqual({
      _id: 1,
      list,
      deep: { a: 1, c: 1 },
      renamed: true,
      tags: [1, 2],
    });
    await collection.replaceOne({ _id: 1 }, { only: 1 });
    expect(await collection.findOne()).toEqual({ _id: 1, only: 1 });
  });

  it('inserts by upsert what filter and update say', async () => {
    const result = await collection.updateOne(
      { _id: 'u', 'a.b': 1, c: { $gt: 5 } },
      { $set: { d: 2 }, $setOnInsert: { e: 3 } },
      { upsert: true },
    );
    expect(result).toMatchObject({ upsertedId: 'u', matchedCount: 0 });
    expect(await collection.findOne()).toEqual({ _id: 'u', a: { b: 1 }, d: 2, e: 3 });
    const replaced = await collection.findOneAndReplace(
      { _id: 'v' },
      { f: 1 },
      { upsert: true, returnDocument: 'after' },
    );
    expect(replaced).toEqual({ _id: 'v', f: 1 });
  });

  it('fetches long results in batches, and forgets cursors that are killed', async () => {
    await collection.insertMany(
      Array.from({ length: 350 }, (_, at) => ({ _id: at, filling: 'x'.repeat(1000) })),
    );
    expect(await collection.find({}, { batchSize: 100 }).toArray()).toHaveLength(350);
    expect(await collection.find().skip(10).limit(20).toArray()).toHaveLength(20);
    const first = await running.db.command({ find: collection.collectionName, batchSize: 2 });
    const { id, firstBatch } = first.cursor as { id: mongo.Long; firstBatch: unknown[] };
    expect(firstBatch).toHaveLength(2);
    const name = collection.collectionName;
    expect(await running.db.command({ killCursors: name, cursors: [id] })).toMatchObject({
      cursorsKilled: [id],
    });
    expect(await errorCode(running.db.command({ getMore: Long.fromValue(id), collection: name }))).toBe(43);
  });

  it('never sends a batch over 16 MiB', async () => {
    const filling = 'x'.repeat(6 * 1024 * 1024);
    for (let at = 0; at < 4; at++) await collection.insertOne({ _id: at, filling });
    const { cursor } = (await running.db.command({ find: collection.collectionName })) as {
      cursor: { firstBatch: unknown[] };
    };
    expect(cursor.firstBatch).toHaveLength(2);
    expect(await collection.find().toArray()).toHaveLength(4);
    expect(await collection.distinct('filling')).toEqual([filling]);
    await collection.updateMany({}, [
      { $set: { filling: { $concat: ['$filling', { $toString: '$_id' }] } } },
    ]);
    expect(await errorCode(collection.distinct('filling'))).toBe(17217);
    expect(await errorCode(collection.updateOne({ _id: 0 }, { $set: { a: filling, b: filling } }))).toBe(
      10334,
    );
  });

  it('sorts, projects, counts and tells distinct values', async () => {
    await collection.insertMany([
      { _id: 1, a: 'x', list: [1, 2, 3], s: { p: 1, q: 2 } },
      { _id: 2, a: 'é', list: [3] },
      { _id: 3 },
    ] as Any[]);
    expect(
      await collection
        .find()
        .sort({ a: 1 })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([3, 1, 2]);
    expect(
      await collection.findOne({ _id: 1 }, { projection: { 's.q': 1, list: { $slice: 2 } } }),
    ).toMatchObject({ list: [1, 2], s: { q: 2 } });
    expect(
      await collection
        .findOne({ _id: 1 }, { projection: { list: { $elemMatch: { $gt: 1 } } } })
        .catch(() => 'refused'),
    ).toBeDefined();
    expect(await collection.findOne({ _id: 1 }, { projection: { _id: 0, a: 1 } })).toEqual({ a: 'x' });
    expect(await errorCode(collection.findOne({}, { projection: { a: 1, s: 0 } }))).toBe(2);
    expect((await collection.distinct('list')).sort()).toEqual([1, 2, 3]);
    expect(await collection.countDocuments({ list: { $all: [1, 3] } })).toBe(1);
    expect(await collection.estimatedDocumentCount()).toBe(3);
  });

  it('aggregates', async () => {
    await collection.insertMany([1, 2, 3, 4].map((n) => ({ _id: n, n, kind: n % 2 ? 'odd' : 'even' })));
    const sums = await collection
      .aggregate([
        { $match: { n: { $gt: 1 } } },
        { $group: { _id: '$kind', sum: { $sum: '$n' } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(sums).toEqual([
      { _id: 'even', sum: 6 },
      { _id: 'odd', sum: 3 },
    ]);
    const facets = [{ $facet: { count: [{ $count: 'n' }], first: [{ $limit: 1 }, { $project: { n: 1 } }] } }];
    expect(await collection.aggregate(facets).toArray()).toEqual([
      { count: [{ n: 4 }], first: [{ _id: 1, n: 1 }] },
    ]);
    const joined = [
      { $match: { _id: 1 } },
      { $lookup: { from: collection.collectionName, localField: 'kind', foreignField: 'kind', as: 'same' } },
    ];
    expect((await collection.aggregate(joined).toArray())[0]?.same).toHaveLength(2);
  });

  it('lists and drops collections and databases', async () => {
    const other = running.client.db(`other${counter}`);
    await other.createCollection('made');
    expect(await errorCode(other.createCollection('made'))).toBe(48);
    await other.collection('filled').insertOne({ a: 1 });
    expect(
      (await other.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort(),
    ).toEqual(['filled', 'made']);
    expect((await running.db.admin().listDatabases()).databases.map(({ name }) => name)).toContain(
      other.databaseName,
    );
    await other.collection('filled').drop();
    expect(await other.collection('filled').countDocuments()).toBe(0);
    await other.dropDatabase();
    expect(await other.listCollections().toArray()).toEqual([]);
  });

  it('accepts what is true of it', async () => {
    const options = { readConcern: { level: 'majority' }, maxTimeMS: 1000, comment: 'why' } as const;
    expect(await collection.find({}, options).toArray()).toEqual([]);
    await collection.insertOne({ _id: 1 }, { writeConcern: { w: 'majority', journal: true } });
    await running.client.withSession(async (session) => {
      expect(await collection.findOne({ _id: 1 }, { session })).toEqual({ _id: 1 });
    });
  });

  it('gives up a search whose time is over', async () => {
    await collection.insertMany(Array.from({ length: 5000 }, (_, at) => ({ _id: at, text: `${at}` })));
    expect(await errorCode(collection.countDocuments({ text: /^no(t|p)e$/ }, { maxTimeMS: 1 }))).toBe(50);
  });
});
