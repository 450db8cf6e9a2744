import fc from 'fast-check';
import { mongo } from 'mongoose';

const { Double, Long, ObjectId } = mongo.BSON;

/** One command: what to send, described so that a failure can be read. */
export type Command = { name: string; args: unknown[] };

export const objectId = new ObjectId('64b7f0a1c2d3e4f5a6b7c8d9');
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    2,
    5,
    -1,
    'a',
    'b',
    'B',
    '',
    'é',
    objectId,
    new Date(0),
    new Date(86_400_000),
  ),
  fc.constantFrom<unknown>(
    new Double(2.5),
    new Double(1.5),
    Long.fromNumber(5),
    Long.fromString('9007199254740993'),
  ),
);
const small = fc.constantFrom(0, 1, 2, 3);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(fc.constantFrom<unknown>(1, 2, 3, 'a', 'b'), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ x: small }) },
);
const number = fc.constantFrom<unknown>(1, -2, new Double(0.5), new Double(3), Long.fromNumber(7));
const id = fc.constantFrom(1, 2, 3, 4, 5, 6);
const field = fc.constantFrom('a', 'b', 'c');
const letters = fc.constantFrom<unknown>('a', 'b', 'ab', 'Ba', '', 'é', 1, null);
const someFields = fc.record(
  { a: value, s: letters, b: scalar, c: fc.record({ d: scalar }) },
  { requiredKeys: [] },
);
export const document = fc.tuple(id, someFields).map(([_id, rest]) => ({ _id, ...rest }));
const numbered = fc
  .tuple(id, fc.record({ n: number, a: value }, { requiredKeys: ['n'] }))
  .map(([_id, rest]) => ({ _id, ...rest }));

export const condition = fc.oneof(
  fc.tuple(fc.constantFrom('a', 'b', 'c.d'), scalar).map(([name, operand]) => ({ [name]: operand })),
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'n'),
      fc.constantFrom('$gt', '$gte', '$lt', '$lte'),
      fc.constantFrom<unknown>(1, 2, 'a', new Double(1.5), new Date(0)),
    )
    .map(([name, operator, operand]) => ({ [name]: { [operator]: operand } })),
  fc.tuple(field, fc.boolean()).map(([name, exists]) => ({ [name]: { $exists: exists } })),
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('$in', '$nin'), fc.array(scalar, { maxLength: 3 }))
    .filter(([name, , operand]) => name !== 'b' || !operand.includes(null))
    .map(([name, operator, operand]) => ({ [name]: { [operator]: operand } })),
  fc.tuple(fc.constantFrom('a', 'b'), scalar).map(([name, operand]) => ({ [name]: { $ne: operand } })),
  fc
    .tuple(fc.constant('s'), fc.constantFrom('^a', 'B', 'b$'), fc.constantFrom('', 'i'))
    .map(([name, $regex, $options]) => ({ [name]: { $regex, $options } })),
  small.map((size) => ({ a: { $size: size } })),
  small.map((x) => ({ a: { $elemMatch: { $gte: x } } })),
  id.map((_id) => ({ _id })),
  fc.tuple(id, id).map((ids) => ({ _id: { $in: ids } })),
);
const filter: fc.Arbitrary<mongo.Document> = fc.oneof(
  { weight: 6, arbitrary: condition },
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.array(condition, { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })) },
  { weight: 1, arbitrary: fc.array(condition, { minLength: 1, maxLength: 3 }).map(($and) => ({ $and })) },
  { weight: 1, arbitrary: fc.array(condition, { minLength: 1, maxLength: 2 }).map(($nor) => ({ $nor })) },
);
const update: fc.Arbitrary<mongo.Document> = fc.oneof(
  fc.tuple(field, value).map(([name, operand]) => ({ $set: { [name]: operand } })),
  fc
    .tuple(fc.constantFrom('c.d', 'c.e', 'z.y.x'), scalar)
    .map(([name, operand]) => ({ $set: { [name]: operand } })),
  field.map((name) => ({ $unset: { [name]: '' } })),
  fc.tuple(fc.constantFrom('n', 'm'), number).map(([name, operand]) => ({ $inc: { [name]: operand } })),
  fc
    .tuple(fc.constantFrom('n', 'm'), fc.constantFrom(2, -3))
    .map(([name, operand]) => ({ $mul: { [name]: operand } })),
  fc
    .tuple(fc.constantFrom('$min', '$max'), number)
    .map(([operator, operand]) => ({ [operator]: { n: operand } })),
  scalar.map((item) => ({ $push: { list: item } })),
  fc
    .tuple(fc.array(small, { maxLength: 3 }), fc.constantFrom(-2, 2))
    .map(([$each, $slice]) => ({ $push: { list: { $each, $slice } } })),
  fc.tuple(fc.array(small, { maxLength: 3 })).map(([$each]) => ({ $addToSet: { list: { $each } } })),
  small.map((item) => ({ $addToSet: { list: item } })),
  small.map((item) => ({ $pull: { list: item } })),
  small.map((item) => ({ $pull: { list: { $gte: item } } })),
  fc.constantFrom(1, -1).map((end) => ({ $pop: { list: end } })),
  fc.tuple(value, value).map(([a, b]) => ({ $set: { a }, $setOnInsert: { b } })),
  fc.tuple(value, number).map(([a, m]) => ({ $set: { a }, $inc: { m } })),
);
/** Where a unique index stops an update of many, it depends on their order which are changed by then. */
const manyUpdate = update.filter(
  (one) =>
    !/"(b|c|c\.d)":/.test(
      JSON.stringify(one, (_key, item: unknown) => (typeof item === 'bigint' ? 0 : item)),
    ),
);
const sort = fc.constantFrom<mongo.Document>(
  { _id: 1 },
  { _id: -1 },
  { b: 1, _id: 1 },
  { b: -1, _id: 1 },
  { n: -1, _id: -1 },
);
const projection = fc.constantFrom<mongo.Document>(
  {},
  { a: 1 },
  { _id: 0, b: 1 },
  { b: 0 },
  { 'c.d': 1 },
  { c: 0, _id: 0 },
);
const upsert = fc.boolean();
/** With an `_id`: which of several documents comes first is not said, and an id that a server makes up would differ. */
const oneOf = fc.tuple(id, fc.option(condition, { nil: {} })).map(([_id, more]) => ({ ...more, _id }));

/** A random command. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  named(
    'insertMany',
    fc.array(fc.oneof(document, numbered), { minLength: 1, maxLength: 4 }),
    fc.record({ ordered: fc.boolean() }),
  ),
  named('insertOne', fc.oneof(document, numbered)),
  named('updateOne', oneOf, update, fc.record({ upsert })),
  named('updateMany', filter, manyUpdate, fc.constant({})),
  named(
    'replaceOne',
    id.map((_id) => ({ _id })),
    someFields,
    fc.record({ upsert }),
  ),
  named('deleteOne', oneOf),
  named('deleteMany', condition),
  named(
    'findOneAndUpdate',
    filter,
    update,
    fc.record({
      returnDocument: fc.constantFrom('before', 'after'),
      sort,
      projection,
    }),
  ),
  named('findOneAndDelete', filter, fc.record({ sort, projection })),
  named(
    'findOneAndReplace',
    filter,
    someFields,
    fc.record({ returnDocument: fc.constantFrom('before', 'after'), sort }),
  ),
  named('countDocuments', filter),
  named('distinct', fc.constantFrom('a', 'b', 'c.d'), filter),
  named('find', filter, fc.record({ sort, projection, skip: small, limit: small })),
  fc
    .constantFrom<[mongo.Document, mongo.CreateIndexesOptions]>(
      [{ a: 1 }, {}],
      [{ b: 1 }, { unique: true, sparse: true }],
      [{ b: 1, n: -1 }, {}],
      [{ 'c.d': 1 }, { unique: true }],
      [{ s: 1 }, { sparse: true }],
    )
    .map((args) => ({ name: 'createIndex', args })),
  named('dropIndexes'),
  named(
    'bulkWrite',
    fc.array(
      fc.oneof(
        document.map((one) => ({ insertOne: { document: one } })),
        fc
          .tuple(oneOf, update, upsert)
          .map(([f, u, up]) => ({ updateOne: { filter: f, update: u, upsert: up } })),
        oneOf.map((f) => ({ deleteOne: { filter: f } })),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    fc.constant({ ordered: false }),
  ),
);

function named(name: string, ...args: fc.Arbitrary<unknown>[]): fc.Arbitrary<Command> {
  return fc.tuple(...args).map((values) => ({ name, args: values }));
}
