#!/usr/bin/env bash
# Good guess: an index changes how fast an answer comes, never the answer: { field: { $in: [null] } } finds the documents that
#   lack the field, with a sparse index on it too, which MongoDB does not use where documents would be missing.
# What happens: once the sparse unique index exists, the same filter finds nothing; { field: null } still finds them.
# Seen with: mongo-java-server 1.47.0, mongodb 6.20.0 (Node.js driver), Node 20; in random commands that two servers were given.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages mongodb@6.20.0
mongo_java_server 1.47.0
cat >run.cjs <<'JS'
const assert = require('assert');
const { MongoClient } = require('mongodb');
(async () => {
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${process.argv[2]}`);
  const sensors = client.db('findings').collection('sensors');
  await sensors.insertMany([{ _id: 1 }, { _id: 2, serial: 'x' }]);
  const found = async () => ({
    equal: (await sensors.find({ serial: null }).toArray()).map(({ _id }) => _id),
    in: (await sensors.find({ serial: { $in: [null] } }).toArray()).map(({ _id }) => _id),
  });
  const before = await found();
  await sensors.createIndex({ serial: 1 }, { unique: true, sparse: true });
  const after = await found();
  console.log({ before, after });
  assert.deepStrictEqual(before, { equal: [1], in: [1] });
  assert.deepStrictEqual(after, { equal: [1], in: [] });
  await client.close();
})();
JS
node run.cjs "$port"
