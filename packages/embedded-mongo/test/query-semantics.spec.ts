import { mongo } from 'mongoose';
import { eachInItsCollection } from './support';

type Any = mongo.Document & { _id: unknown };
const { Decimal128, Double, Long } = mongo.BSON;

describe('queries of the embedded MongoDB', () => {
  let collection: mongo.Collection<Any>;
  eachInItsCollection<Any>((ofTest) => (collection = ofTest));

  /** The values of `a`, numbered, that a condition on it finds. */
  async function found(condition: unknown): Promise<unknown[]> {
    const documents = await collection.find({ a: condition }).toArray();
    return documents.map(({ _id }) => _id).sort();
  }

  it.each<[string, unknown, number[]]>([
    ['a comparison', { $gt: 5 }, [1]],
    ['the size of an inner array', { $size: 1 }, [0, 3]],
    ['an inner $elemMatch', { $elemMatch: { $gt: 5 } }, [0, 4]],
    ['a type', { $type: 'array' }, [0, 3, 4]],
    ['a negation', { $not: { $gt: 5 } }, [0, 2, 3, 4]],
    ['a list', { $in: [6, [6, 7]] }, [1, 4]],
    ['fields', { x: 6 }, [2]],
    ['numbered fields of an inner array', { 0: 6 }, [0, 4]],
    ['fields that an inner array has not', { x: null }, [0, 3, 4]],
  ])('$elemMatch with %s does not go into inner arrays', async (_what, condition, expected) => {
    const values = [[[6]], [6], [{ x: 6 }], [[{ x: 6 }]], [[6, 7]], [], 6];
    await collection.insertMany(values.map((a, _id) => ({ _id, a })));
    expect(await found({ $elemMatch: condition })).toEqual(expected);
  });

  it.each<[unknown[], number[]]>([
    [
      [2, 1],
      [0, 1, 3],
    ],
    [
      [Long.fromNumber(4), new Double(1.5)],
      [0, 3],
    ],
    [[-2, -1], [4]],
  ])('$mod %j computes with all of an int64', async (condition, expected) => {
    const big = Long.fromString('9007199254740993');
    const values = [big, new Double(7.5), 1e300, Decimal128.fromString('9007199254740993'), -3, NaN, '1', 4];
    await collection.insertMany(values.map((a, _id) => ({ _id, a })));
    expect(await found({ $mod: condition })).toEqual(expected);
  });

  it.each([[[2]], [[0, 1]], [[2, 1, 0]], [['a', 1]], [2]])('refuses $mod %j', async ($mod) => {
    await expect(collection.find({ a: { $mod } }).toArray()).rejects.toMatchObject({ code: 2 });
  });

  it('finds by regular expressions as MongoDB reads them, or refuses them', async () => {
    await collection.insertMany(['abc', 'abc\n', 'a-c', '😀'].map((a, _id) => ({ _id, a })));
    expect(await found(/c$/)).toEqual([0, 1, 2]);
    expect(await found({ $regex: 'a\\-c' })).toEqual([2]);
    expect(await found({ $in: [/^.$/] })).toEqual([3]);
    await expect(found({ $regex: '\\Aabc' })).rejects.toMatchObject({ code: 2 });
    await expect(found({ $not: /[[:alpha:]]/ })).rejects.toMatchObject({ code: 2 });
  });

  it.each([undefined, 1, -1] as const)(
    'finds Decimal128 by their value with the index %s',
    async (direction) => {
      const texts = [
        '0.00',
        '-0',
        '0E+3',
        '0.1',
        '0.1000000000000000000001',
        '0.1000000000000000055511151231257828',
      ];
      const values = [0, 0.1, ...texts.map((text) => Decimal128.fromString(text))];
      if (direction) await collection.createIndex({ a: direction });
      await collection.insertMany(values.map((a, _id) => ({ _id, a })));
      expect(await found(0)).toEqual([0, 2, 3, 4]);
      expect(await found({ $gt: 0.1 })).toEqual([7]);
      expect(await found({ $lt: 0.1, $gt: 0 })).toEqual([5, 6]);
      expect(await found({ $gte: Decimal128.fromString('0.1000000000000000000001') })).toEqual([1, 6, 7]);
      expect(await found(Decimal128.fromString('0.10'))).toEqual([5]);
    },
  );

  it('refuses to sort by several fields that have several values in a document', async () => {
    const ids = (order: Record<string, 1 | -1>): Promise<unknown[]> =>
      collection
        .find()
        .sort(order)
        .map(({ _id }) => _id)
        .toArray();
    await collection.insertMany([
      {
        _id: 1,
        a: [
          { b: 1, c: 9 },
          { b: 2, c: 1 },
        ],
        d: [1, 2],
      },
      { _id: 2, a: [{ b: 1, c: 5 }], d: 3 },
    ] as Any[]);
    const refused: Record<string, 1 | -1>[] = [
      { 'a.b': 1, 'a.c': 1 },
      { 'a.b': 1, d: 1 },
      { d: 1, a: -1 },
    ];
    for (const order of refused) {
      await expect(ids(order)).rejects.toMatchObject({ code: 2 });
      const aggregated = collection.aggregate([{ $limit: 5 }, { $sort: order }]).toArray();
      await expect(aggregated).rejects.toMatchObject({ code: 2 });
    }
    expect(await ids({ 'a.b': 1, _id: 1 })).toEqual([1, 2]);
    expect(await ids({ 'a.c': -1, _id: 1 })).toEqual([1, 2]);
  });
});
