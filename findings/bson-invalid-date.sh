#!/usr/bin/env bash
# Good guess: an invalid Date (new Date of a text that is no date) makes the driver throw, or is stored as null, as JSON does it.
# What happens: it is stored as 1970-01-01T00:00:00.000Z, a time like any other: "last seen" becomes the epoch without an error.
# Seen with: bson 7.3.4 (the serializer of the mongodb driver 7), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages bson@7.3.4
cat >run.cjs <<'JS'
const assert = require('assert');
const { deserialize, serialize } = require('bson');
const invalid = new Date('yesterday');
const stored = deserialize(serialize({ last: invalid })).last;
console.log('given', invalid, 'JSON', JSON.stringify(invalid), 'stored', stored);
assert.strictEqual(stored.toISOString(), '1970-01-01T00:00:00.000Z');
JS
node run.cjs
