import { mongo } from 'mongoose';
import { errorCode, eachInItsCollection } from './support';

type Any = mongo.Document & { _id: unknown };
const { Decimal128, Double, Long } = mongo.BSON;
const big = Long.fromString('9007199254740993');

describe('aggregations and projections of the embedded MongoDB', () => {
  let collection: mongo.Collection<Any>;
  eachInItsCollection<Any>((ofTest) => (collection = ofTest));

  const insert = (...values: mongo.Document[]): Promise<unknown> =>
    collection.insertMany(values.map((value, at) => ({ _id: at + 1, ...value })));

  it.each<[string, object, unknown]>([
    [
      '$slice alone, and keeps all else',
      { a: { $slice: 1 } },
      { _id: 1, a: [1], b: [{ x: 1 }, { x: 2 }], c: 9 },
    ],
    [
      '$slice from the end, without the _id',
      { a: { $slice: -2 }, _id: 0 },
      { a: [2, 3], b: [{ x: 1 }, { x: 2 }], c: 9 },
    ],
    ['$slice from within', { c: 1, a: { $slice: [1, 1] } }, { _id: 1, a: [2], c: 9 }],
    ['$slice and leaves fields out', { a: { $slice: 0 }, b: 0 }, { _id: 1, a: [], c: 9 }],
    ['$elemMatch', { b: { $elemMatch: { x: 2 } } }, { _id: 1, b: [{ x: 2 }] }],
    ['$elemMatch in vain', { c: 1, b: { $elemMatch: { x: 5 } } }, { _id: 1, c: 9 }],
    ['a computed field', { n: { $add: ['$c', 1] } }, { _id: 1, n: 10 }],
    ['nested fields', { b: { x: 1 }, _id: 0 }, { b: [{ x: 1 }, { x: 2 }] }],
  ])('project by %s', async (_what, projection, expected) => {
    await insert({ a: [1, 2, 3], b: [{ x: 1 }, { x: 2 }], c: 9 });
    expect(await collection.findOne({}, { projection })).toEqual(expected);
  });

  it.each<[object, object[]]>([
    [{ c: 1, 'b.x': 1 }, [{ _id: 1, b: { x: 1 }, c: 9 }, { _id: 2, c: 8 }, { _id: 3 }]],
    [{ c: 0, 'b.x': 0, _id: 0 }, [{ b: { y: 2 } }, {}, { d: 7 }]],
  ])('project documents that have a nested field, and others, by %j', async (projection, expected) => {
    await insert({ b: { x: 1, y: 2 }, c: 9 }, { c: 8 }, { d: 7 });
    expect(await collection.find({}, { projection }).toArray()).toEqual(expected);
  });

  it.each([
    [{ a: 1, 'a.b': 1 }],
    [{ a: 1, b: 0 }],
    [{ a: 0, b: '$c' }],
    [{ a: { $slice: 'x', $elemMatch: {} } }],
    [{ a: { $slice: [1, 0] } }],
    [{ a: {} }],
    [{ 'a..b': 1 }],
  ])('refuse the projection %j', async (projection) => {
    await insert({ a: [1] });
    expect(await errorCode(collection.findOne({}, { projection }))).toBeGreaterThan(0);
  });

  const nested = [1, { b: 2, c: 3 }, { c: 4 }, [{ b: 5 }]];
  it.each<[object, unknown]>([
    [{ 'a.b': 1 }, [{ b: 2 }, {}, [{ b: 5 }]]],
    [{ 'a.b': 0 }, [1, { c: 3 }, { c: 4 }, [{}]]],
  ])('go through arrays of arrays with %j', async (projection, expected) => {
    await insert({ a: nested });
    expect(await collection.findOne({}, { projection })).toEqual({ _id: 1, a: expected });
    expect(await collection.aggregate([{ $project: projection }]).toArray()).toEqual([
      { _id: 1, a: expected },
    ]);
  });

  it.each<[object, unknown]>([
    [{ $set: { 'a.b': 9 } }, [{ b: 9 }, { b: 9, c: 3 }, { c: 4, b: 9 }, [{ b: 9 }]]],
    [{ $addFields: { a: { b: '$_id' } } }, [{ b: 1 }, { b: 1, c: 3 }, { c: 4, b: 1 }, [{ b: 1 }]]],
    [{ $unset: 'a.b' }, [1, { c: 3 }, { c: 4 }, [{}]]],
  ])('reach every element of an array by %j', async (stage, expected) => {
    await insert({ a: nested });
    expect(await collection.aggregate([{ $limit: 1 }, stage]).toArray()).toEqual([{ _id: 1, a: expected }]);
    await collection.updateOne({}, [stage]);
    expect(await collection.findOne()).toEqual({ _id: 1, a: expected });
  });

  it('group by documents as they are, and leave missing values out', async () => {
    await insert({ k: { a: 1, b: 2 } }, { k: { b: 2, a: 1 } }, { k: { a: 1, b: 2 } }, {}, { k: null });
    const counted = await collection.aggregate([{ $group: { _id: '$k', n: { $sum: 1 } } }]).toArray();
    expect(counted.map(({ _id, n }) => JSON.stringify([_id, n]))).toEqual([
      '[{"a":1,"b":2},2]',
      '[{"b":2,"a":1},1]',
      '[null,2]',
    ]);
    const fields = {
      set: { $addToSet: '$k' },
      all: { $push: '$k' },
      last: { $last: '$k' },
      none: { $first: '$x' },
    };
    const [found] = await collection.aggregate([{ $group: { _id: null, ...fields } }]).toArray();
    expect(found).toMatchObject({ last: null, none: null });
    expect(JSON.stringify(found?.set)).toBe('[{"a":1,"b":2},{"b":2,"a":1},null]');
    expect(found?.all).toHaveLength(4);
  });

  it('compare values of different types in the order of types', async () => {
    await insert(
      { k: 'a' },
      { k: null },
      { k: true },
      { k: new Date(0) },
      { k: { a: 1 } },
      { k: [9] },
      { k: 5 },
      {},
    );
    const extremes = { $group: { _id: null, least: { $min: '$k' }, most: { $max: '$k' } } };
    expect(await collection.aggregate([extremes]).toArray()).toEqual([
      { _id: null, least: 5, most: new Date(0) },
    ]);
    const ids = async ($expr: object): Promise<unknown[]> =>
      (await collection.find({ $expr }).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
    expect(await ids({ $gt: ['$k', 'a'] })).toEqual([3, 4, 5, 6]);
    expect(await ids({ $lt: ['$k', null] })).toEqual([8]);
    expect(await ids({ $eq: [{ $max: ['$k', 7] }, 7] })).toEqual([2, 7, 8]);
    expect(await ids({ $in: ['$k', [{ a: 1 }, 5]] })).toEqual([5, 7]);
  });

  it.each<[string, unknown, object]>([
    ['the sum of an int64', big, { $group: { _id: null, s: { $sum: '$k' } } }],
    ['the average of Decimal128', Decimal128.fromString('1.5'), { $group: { _id: null, s: { $avg: '$k' } } }],
    ['adding to an int64', big, { $set: { s: { $add: ['$k', 1] } } }],
    ['a product beyond doubles', 9007199254740991, { $set: { s: { $multiply: ['$k', 3] } } }],
    ['sets', [1], { $set: { s: { $setUnion: ['$k', [1]] } } }],
    ['regular expressions', 'a', { $set: { s: { $regexMatch: { input: '$k', regex: 'a' } } } }],
    ['another accumulator', 1, { $group: { _id: null, s: { $mergeObjects: '$k' } } }],
    ['fields named like whole numbers', 1, { $set: { 'k.0': 1 } }],
    ['the type of a number', 1, { $set: { s: { $type: '$k' } } }],
    ['buckets', 1, { $bucket: { groupBy: '$k', boundaries: [0, 5] } }],
  ])('refuse %s', async (_what, k, stage) => {
    await insert({ k });
    expect(await errorCode(collection.aggregate([stage]).toArray())).toBe(238);
  });

  it('keep the types of what they only move', async () => {
    await insert({ k: big, d: new Double(5), m: Decimal128.fromString('1.50') });
    await collection.updateOne({}, [
      { $set: { k2: '$k', d2: '$d', m2: '$m', most: { $max: ['$k', '$m'] } } },
    ]);
    const found = await collection.findOne({}, { promoteValues: false });
    expect(found).toMatchObject({ k2: big, d2: new Double(5), m2: Decimal128.fromString('1.50'), most: big });
  });

  it('unwind, look up and replace the root', async () => {
    await insert({ a: [1, 2], f: 'x' }, { a: [], f: ['x', 'y'] }, { a: 7 }, { f: null });
    const run = (...stages: object[]): Promise<unknown> => collection.aggregate(stages).toArray();
    expect(await run({ $unwind: '$a' }, { $project: { _id: 0, a: 1 } })).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 7 },
    ]);
    const keeping = { $unwind: { path: '$a', preserveNullAndEmptyArrays: true } };
    expect(await run(keeping, { $sortByCount: '$_id' }, { $limit: 1 })).toEqual([{ _id: 1, count: 2 }]);
    const from = collection.collectionName;
    const lookup = { $lookup: { from, localField: 'f', foreignField: 'f', as: 'o' } };
    expect(await run(lookup, { $replaceWith: { id: '$_id', o: '$o._id' } })).toEqual([
      { id: 1, o: [1, 2] },
      { id: 2, o: [1, 2] },
      { id: 3, o: [3, 4] },
      { id: 4, o: [3, 4] },
    ]);
  });
});
