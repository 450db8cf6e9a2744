#!/usr/bin/env bash
# Good guess: the ids that one process makes ascend, so { _id: 1 } sorts what it stored in the order in which it was made.
# What happens: their last three bytes are a counter that begins anywhere and returns to 0 after 16777215. Once in every 16777216
#   ids the next one sorts before all others of the same second; a page that goes on "after the last _id" never sees it. With 200
#   ids a second that is once a day, at a time that no test meets.
# Seen with: bson 7.3.4, Node 20. It makes 2^24 ids, which takes some seconds.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages bson@7.3.4
cat >run.mjs <<'JS'
import assert from 'assert';
import { ObjectId } from 'bson';
const falls = [];
// All in one second, so that the clock hides no fall.
let last = ObjectId.generate(1796010554);
for (let made = 0; made < 2 ** 24; made++) {
  const next = ObjectId.generate(1796010554);
  if (Buffer.compare(next, last) < 0) falls.push([last, next].map((id) => Buffer.from(id).toString('hex')));
  last = next;
}
console.log(falls);
assert.deepStrictEqual(falls.map((pair) => pair.map((id) => id.slice(-6))), [['ffffff', '000000']]);
JS
node run.mjs
