import { mongo } from 'mongoose';
import { errorCode, eachInItsCollection, type Running } from './support';

type Any = mongo.Document & { _id: unknown };
const { Long } = mongo.BSON;

describe('updates by the embedded MongoDB', () => {
  let running: Running;
  let collection: mongo.Collection<Any>;
  eachInItsCollection<Any>((ofTest, server) => ([collection, running] = [ofTest, server]));

  /** The code of the error with which a statement is refused, 0 where it is not. */
  async function codeOf(u: unknown, more: object = {}): Promise<number> {
    const updates = [{ q: { _id: 1 }, u, ...more }];
    const answer = await running.db.command({ update: collection.collectionName, updates });
    return (answer.writeErrors as { code: number }[] | undefined)?.[0]?.code ?? 0;
  }

  it.each<[string, object, number]>([
    ['$inc', { $inc: { a: 1 } }, 14],
    ['$mul', { $mul: { a: 2 } }, 14],
    ['$push', { $push: { a: 1 } }, 2],
    ['$addToSet', { $addToSet: { a: 1 } }, 2],
    ['$bit', { $bit: { a: { or: 1 } } }, 2],
  ])('%s refuses a null, and takes a missing field for nothing', async (_operator, update, code) => {
    await collection.insertOne({ _id: 1, a: null });
    expect(await codeOf(update)).toBe(code);
    expect(await collection.findOne()).toEqual({ _id: 1, a: null });
    await collection.updateOne({}, { $unset: { a: '' } });
    expect(await codeOf(update)).toBe(0);
    expect(Object.keys((await collection.findOne()) ?? {})).toEqual(['_id', 'a']);
  });

  it.each<[string, object, unknown[]]>([
    ['an int64', { x: Long.fromString('9007199254740993') }, [1, 'hit', 3]],
    [
      'an int64 in a list of conditions',
      { $or: [{ x: Long.ONE }, { x: 3 }] },
      ['hit', 9007199254740992, 'hit'],
    ],
  ])('finds elements by an array filter with %s', async (_what, filter, expected) => {
    await collection.insertOne({ _id: 1, list: [1, Long.fromString('9007199254740993'), 3] });
    expect(await codeOf({ $set: { 'list.$[x]': 'hit' } }, { arrayFilters: [filter] })).toBe(0);
    const { list } = (await collection.findOne()) as unknown as { list: unknown[] };
    expect(list.map((item) => (item === 'hit' ? item : Number(item)))).toEqual(expected);
  });

  it.each([[[{ x: 1, y: 1 }]], [[{ $or: [{ x: 1 }, { y: 1 }] }]], [[{ $comment: 'x' }]], [[{}]]])(
    'refuses the array filters %j, which have not one name each',
    async (arrayFilters) => {
      await collection.insertOne({ _id: 1, list: [1] });
      expect(await codeOf({ $set: { 'list.$[x]': 2 } }, { arrayFilters })).toBe(9);
    },
  );

  it('writes into a field of a name that is not ASCII, and into no other', async () => {
    await collection.insertOne({ _id: 1, é: 'hello world!', 'Ã©': 2.5 });
    expect(await codeOf({ $set: { 'Ã©': 3.5 } })).toBe(0);
    expect(await collection.findOne()).toEqual({ _id: 1, é: 'hello world!', 'Ã©': 3.5 });
  });

  it('keeps a reference to a collection as it came, when another field is updated', async () => {
    const document = new Map<string, unknown>([
      ['_id', 1],
      ['r', { $ref: 'my.coll', $id: 1, z: 2 }],
      ['n', 1],
    ]);
    await collection.insertOne(document as unknown as Any);
    await collection.updateOne({}, { $set: { n: 2 } });
    const [raw] = (await collection.find({}, { raw: true }).toArray()) as unknown as Buffer[];
    expect(raw?.toString('hex')).toBe(
      Buffer.from(mongo.BSON.serialize(document.set('n', 2))).toString('hex'),
    );
  });

  it('keeps the order of fields named like whole numbers, or refuses them', async () => {
    const bytes = async (): Promise<string> => {
      const [raw] = (await collection.find({}, { raw: true }).toArray()) as unknown as Buffer[];
      return raw?.toString('latin1') ?? '';
    };
    const document = (...all: [string, unknown][]): Any => new Map(all) as unknown as Any;
    await collection.createIndex({ a: 1 }, { unique: true });
    const refused = document(['_id', 2], ['a', new Map(Object.entries({ b: 'x' })).set('1', 'y')]);
    await expect(collection.insertOne(refused)).rejects.toMatchObject({ code: 238 });
    await collection.insertOne(document(['_id', 1], ['7', 1], ['z', 1], ['a', { 7: 1 }]));
    await collection.updateOne({}, { $set: { z: 2, 'a.8': 1 } });
    expect(await bytes()).toMatch(/_id.*7.*z.*a.*7.*8/s);
    const before = await bytes();
    for (const path of ['8', '6', 'a.6', 'b.0x.1', 'a.9.b']) {
      const added = /^(a\.9|b)/.test(path) ? 0 : 238;
      expect([path, await codeOf({ $set: { [path]: 1 } })]).toEqual([path, added]);
      if (added !== 0) expect(await bytes()).toBe(before);
    }
  });

  it.each<[unknown, unknown[]]>([
    [3, [[3], [1, 2], [[1, 2]], { x: 3 }]],
    [
      [1, 2],
      [[3], 3, [[1, 2]], { x: 3 }],
    ],
    [{ x: 3 }, [[3], 3, [1, 2], [[1, 2]]]],
    [{ $gte: 3 }, [[1, 2], [[1, 2]], { x: 3 }]],
  ])('pulls %j, and what is equal to it alone', async (operand, left) => {
    await collection.insertOne({ _id: 1, a: [[3], 3, [1, 2], [[1, 2]], { x: 3 }] });
    expect(await codeOf({ $pull: { a: operand } })).toBe(0);
    expect((await collection.findOne())?.a).toEqual(left);
  });

  it.each<[string, object]>([
    ['an update', { $set: { _id: 2 } }],
    ['a replacement', { _id: 2, a: 1 }],
    ['a pipeline', [{ $set: { _id: 2 } }]],
  ])('refuses %s that upserts another _id than the filter says', async (_what, update) => {
    expect(await codeOf(update, { upsert: true })).toBe(66);
    expect(await collection.countDocuments()).toBe(0);
    expect(await codeOf({ $set: { a: 1 }, $setOnInsert: { _id: 1 } }, { upsert: true })).toBe(0);
    expect(await collection.findOne()).toEqual({ _id: 1, a: 1 });
  });

  it('refuses to store what is nested deeper than 100 levels, arrays included', async () => {
    const nested = (levels: number): unknown =>
      Array.from({ length: levels - 1 }).reduce((inner, _each, at) => (at % 2 ? [inner] : { a: inner }), {});
    await collection.insertOne({ _id: 1, a: nested(99) });
    expect(await errorCode(collection.insertOne({ _id: 2, a: nested(100) }))).toBe(15);
    expect(await errorCode(collection.insertOne({ _id: 2, a: nested(4_000) }))).toBe(15);
    expect(await codeOf({ $set: { a: nested(100) } })).toBe(15);
    expect(await codeOf({ $push: { b: nested(99) } })).toBe(15);
    expect(
      await errorCode(collection.findOneAndReplace({ a: 2 }, { a: nested(100) }, { upsert: true })),
    ).toBe(15);
    expect(await collection.find().toArray()).toEqual([{ _id: 1, a: nested(99) }]);
  });
});
