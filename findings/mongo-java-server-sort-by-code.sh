#!/usr/bin/env bash
# Good guess: a sort by a field takes whatever is stored in it, in the order of BSON's types, as on MongoDB.
# What happens: most types are sorted so, but with one document whose field is code the whole query fails: "can't sort class".
# Seen with: mongo-java-server 1.47.0, mongodb 6.20.0 (Node.js driver), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages mongodb@6.20.0
mongo_java_server 1.47.0
cat >run.cjs <<'JS'
const assert = require('assert');
const { Code, MinKey, MongoClient } = require('mongodb');
(async () => {
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${process.argv[2]}`);
  const odd = client.db('findings').collection('odd');
  await odd.insertMany([{ _id: 'text', at: 'x' }, { _id: 'number', at: 5 }, { _id: 'least', at: new MinKey() }, { _id: 'date', at: new Date(0) }]);
  const sorted = () => odd.find().sort({ at: 1 }).map(({ _id }) => _id).toArray().catch(({ message }) => message);
  const seen = [await sorted()];
  await odd.insertOne({ _id: 'code', at: new Code('x') });
  seen.push(await sorted());
  console.log(seen);
  assert.deepStrictEqual(seen[0], ['least', 'number', 'text', 'date']);
  assert.match(String(seen[1]), /can't sort class .*BsonJavaScript/);
  await client.close();
})();
JS
node run.cjs "$port"
