import { mongo } from 'mongoose';
import { eachInItsCollection, type Running } from './support';

type Any = mongo.Document & { _id: number | string | mongo.ObjectId };

describe('what the embedded MongoDB does not do', () => {
  let running: Running;
  let collection: mongo.Collection<Any>;
  eachInItsCollection<Any>((ofTest, server) => ([collection, running] = [ofTest, server]));

  it.each<[string, unknown, number]>([
    ['an unknown operator', { $nope: { a: 1 } }, 9],
    ['two changes of one path', { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['a path through a number', { $set: { 'n.x': 1 } }, 28],
    ['$inc of a text', { $inc: { text: 1 } }, 14],
    ['$push onto a number', { $push: { n: 1 } }, 2],
    ['a change of _id', { $set: { _id: 2 } }, 66],
    ['an empty path', { $set: { 'a..b': 1 } }, 56],
    ['an array filter that is missing', { $set: { 'list.$[x]': 1 } }, 2],
    ['a position that nothing found', { $set: { 'list.$': 1 } }, 2],
    ['a stage that updates do not have', [{ $group: { _id: 1 } }], 72],
  ])('refuses %s in an update, and changes nothing', async (_what, update, code) => {
    const before = { _id: 1, n: 1, text: 'a', list: [1] };
    await collection.insertOne(before);
    const statement = { q: { _id: 1 }, u: update };
    const answer = await running.db.command({ update: collection.collectionName, updates: [statement] });
    expect(answer).toMatchObject({ n: 0, writeErrors: [{ index: 0, code }] });
    expect(await collection.findOne()).toEqual(before);
  });

  it.each<[string, mongo.Document, number]>([
    ['an unknown command', { frobnicate: 1 }, 59],
    ['an unknown option', { find: 'a', frobnicate: 1 }, 40415],
    ['a collation', { find: 'a', collation: { locale: 'de' } }, 238],
    ['a tailable cursor', { find: 'a', tailable: true }, 238],
    ['an unknown filter operator', { find: 'a', filter: { a: { $near: 1 } } }, 2],
    ['JavaScript', { find: 'a', filter: { $where: 'true' } }, 2],
    [
      'a regular expression option that ECMAScript lacks',
      { find: 'a', filter: { a: { $regex: 'a', $options: 'x' } } },
      2,
    ],
    ['a change stream', { aggregate: 'a', pipeline: [{ $changeStream: {} }], cursor: {} }, 40573],
    ['writing by aggregation', { aggregate: 'a', pipeline: [{ $out: 'b' }], cursor: {} }, 238],
    [
      'a transaction',
      { find: 'a', txnNumber: mongo.Long.ONE, startTransaction: true, autocommit: false },
      20,
    ],
    ['a retryable write', { insert: 'a', documents: [{}], txnNumber: mongo.Long.ONE }, 20],
    ['a snapshot', { find: 'a', readConcern: { level: 'snapshot' } }, 123],
    ['a write to three nodes', { insert: 'a', documents: [{}], writeConcern: { w: 3 } }, 2],
    ['a text index', { createIndexes: 'a', indexes: [{ key: { a: 'text' }, name: 'a' }] }, 67],
    [
      'a TTL index',
      { createIndexes: 'a', indexes: [{ key: { a: 1 }, name: 'a', expireAfterSeconds: 1 }] },
      238,
    ],
    ['an index on nothing', { createIndexes: 'a', indexes: [] }, 2],
    ['a hint that names no index', { find: 'exists', hint: 'nope' }, 2],
    ['the indexes of no collection', { listIndexes: 'absent' }, 26],
    ['dropping an index that is not there', { dropIndexes: 'exists', index: 'nope' }, 27],
    ['a name with a NUL', { insert: 'a\0b', documents: [{}] }, 73],
    ['a capped collection', { create: 'capped', capped: true, size: 1000 }, 238],
    ['a negative limit of time', { find: 'a', maxTimeMS: -1 }, 2],
    ['a filter that is no document', { find: 'a', filter: 1 }, 14],
    ['an empty batch', { insert: 'a', documents: [] }, 16],
    ['another API version', { ping: 1, apiVersion: '2' }, 322],
  ])('refuses %s', async (_what, command, code) => {
    await running.db.collection<Any>('exists').replaceOne({ _id: 1 }, { a: 1 }, { upsert: true });
    const answer = await running.db.command(command).catch((error: mongo.MongoServerError) => error);
    expect(answer).toMatchObject({ code });
  });
});
