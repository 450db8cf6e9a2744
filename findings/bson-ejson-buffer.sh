#!/usr/bin/env bash
# Good guess: what serialize() stores as binary data, a Buffer or a Uint8Array, EJSON.stringify() writes as $binary.
# What happens: EJSON writes an object with a key for each byte, {"0":97,"1":98}, and stored again from this text it is an embedded
#   document. Only what comes as a Binary is written as such: a driver that reads with promoteBuffers gives what an export loses.
# Seen with: bson 7.3.4 and 6.10.4, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages bson@7.3.4 old@npm:bson@6.10.4
cat >run.cjs <<'JS'
const assert = require('assert');
for (const name of ['bson', 'old']) {
  const { Binary, deserialize, EJSON, serialize } = require(name);
  const stored = serialize({ v: Buffer.from('ab') });
  const seen = {
    buffer: EJSON.stringify({ v: Buffer.from('ab') }),
    bytes: EJSON.stringify({ v: new Uint8Array([97, 98]) }),
    promoted: EJSON.stringify(deserialize(stored, { promoteBuffers: true })),
    binary: EJSON.stringify(deserialize(stored)),
  };
  console.log(name, seen);
  assert.ok(deserialize(stored).v instanceof Binary);
  assert.deepStrictEqual(seen, {
    buffer: '{"v":{"0":97,"1":98}}', bytes: '{"v":{"0":97,"1":98}}', promoted: '{"v":{"0":97,"1":98}}',
    binary: '{"v":{"$binary":{"base64":"YWI=","subType":"00"}}}',
  });
}
JS
node run.cjs
