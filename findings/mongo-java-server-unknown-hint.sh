#!/usr/bin/env bash
# Good guess: a hint that names an index which does not exist is an error, as on MongoDB, so that a test finds the misspelt name.
# What happens: any hint is taken, in find, count and aggregate, and has no effect; the test is green, and MongoDB then answers
#   "hint provided does not correspond to an existing index".
# Seen with: mongo-java-server 1.47.0, mongodb 6.20.0 (Node.js driver), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages mongodb@6.20.0
mongo_java_server 1.47.0
cat >run.cjs <<'JS'
const assert = require('assert');
const { MongoClient } = require('mongodb');
(async () => {
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${process.argv[2]}`);
  const events = client.db('findings').collection('events');
  await events.insertOne({ name: 'a' });
  const seen = {
    indexes: (await events.indexes()).map(({ name }) => name),
    find: (await events.find().hint('name_1').toArray()).length,
    count: await events.countDocuments({}, { hint: 'name_1' }),
    aggregate: (await events.aggregate([{ $match: {} }], { hint: 'name_1' }).toArray()).length,
  };
  console.log(seen);
  assert.deepStrictEqual(seen, { indexes: ['_id_'], find: 1, count: 1, aggregate: 1 });
  await client.close();
})();
JS
node run.cjs "$port"
