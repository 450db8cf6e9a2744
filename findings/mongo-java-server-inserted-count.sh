#!/usr/bin/env bash
# Good guess: after an unordered insertMany of which a part is refused, insertedCount says how many are there, as on MongoDB.
# What happens: the answer counts the refused documents too. Of three documents, two of them with an _id that is taken, one is
#   stored and 3 are reported; only the list of write errors tells. A loader that counts what it stored counts too much.
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
  await events.insertOne({ _id: 'taken' });
  const refused = await events.insertMany([{ _id: 'taken' }, { _id: 'new' }, { _id: 'taken' }], { ordered: false }).catch((error) => error);
  const seen = { reported: refused.insertedCount, refused: refused.writeErrors.length, stored: (await events.countDocuments()) - 1 };
  console.log(seen);
  assert.deepStrictEqual(seen, { reported: 3, refused: 2, stored: 1 });
  await client.close();
})();
JS
node run.cjs "$port"
