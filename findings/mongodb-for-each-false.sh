#!/usr/bin/env bash
# Good guess: cursor.forEach calls its function for every document, as Array.prototype.forEach does, whatever that returns.
# What happens: it ends at the first false, as one sentence of its reference says. cursor.forEach((d) => known.delete(d._id)), with
#   the result of Set.delete, ends at the first document that is not known, without an error; so do map.has(…), list.includes(…) and
#   stream.write(…) in an arrow function. The last of these returns false when its buffer is full, so an export stops in the middle
#   and only a large one does.
# Seen with: mongodb 7.9.0, Node 20, against mongo-java-server 1.47.0.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages mongodb@7.9.0
mongo_java_server 1.47.0
cat >run.mjs <<'JS'
import assert from 'assert';
import { Writable } from 'stream';
import { MongoClient } from 'mongodb';
const client = new MongoClient(process.argv[2]);
const documents = client.db('findings').collection('documents');
await documents.insertMany(Array.from({ length: 5000 }, (_, i) => ({ _id: i })));
const known = new Set([0, 1, 2, 4]);
await documents.find().sort({ _id: 1 }).forEach((document) => known.delete(document._id));
let written = 0;
const file = new Writable({ write(chunk, encoding, done) { written += String(chunk).split('\n').length - 1; setImmediate(done); } });
await documents.find().sort({ _id: 1 }).forEach((document) => file.write(`${JSON.stringify(document)}\n`));
await new Promise((done) => file.end(done));
console.log({ known: [...known], written });
assert.deepStrictEqual([...known], [4]);
assert.ok(written > 500 && written < 5000);
await client.close();
JS
node run.mjs "mongodb://127.0.0.1:$port"
