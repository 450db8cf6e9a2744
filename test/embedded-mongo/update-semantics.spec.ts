import { mongo } from 'mongoose';
import { start, type Running } from './support';

type Any = mongo.Document & { _id: unknown };
const { Long } = mongo.BSON;

describe('updates by the embedded MongoDB', () => {
  let running: Running;
  let counter = 0;
  let collection: mongo.Collection<Any>;

  beforeAll(async () => (running = await start()));
  afterAll(() => running.stop());
  beforeEach(() => (collection = running.db.collection<Any>(`c${counter++}`)));

  /** The code of the error with which a statement is refused, 0 where it is not. */
  async function codeOf(u: unknown, more: object = {}): Promise<number> {
    const updates = [{ q: { _id: 1 }, u, ...more }];
    const answer = await running.db.command({ update: collection.collectionName, updates });
    return (answer.writeErrors as { code: number }[] | undefined)?.[0].code ?? 0;
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
    expect(
      (await collection.findOne())?.list.map((item: unknown) => (item === 'hit' ? item : Number(item))),
    ).toEqual(expected);
  });

  it.each([[[{ x: 1, y: 1 }]], [[{ $or: [{ x: 1 }, { y: 1 }] }]], [[{ $comment: 'x' }]], [[{}]]])(
    'refuses the array filters %j, which have not one name each',
    async (arrayFilters) => {
      await collection.insertOne({ _id: 1, list: [1] });
      expect(await codeOf({ $set: { 'list.$[x]': 2 } }, { arrayFilters })).toBe(9);
    },
  );
});
