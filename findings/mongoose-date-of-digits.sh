#!/usr/bin/env bash
# Good guess: for a path of type Date, '20240131' (ISO 8601's basic form) is 31 January 2024 or a CastError, and
#   '1700000000' (unix seconds as text) is one of the two as well.
# What happens: both are taken for milliseconds: 1970-01-01T05:37:20.131Z and 1970-01-20T16:13:20.000Z. '2024' alone is the
#   year 2024 again. The switch between the two readings is the size of the number.
# Seen with: mongoose 9.12.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages mongoose@9.12.1
cat >run.cjs <<'JS'
const assert = require('assert');
const { Schema, model } = require('mongoose');
const Seen = model('Seen', new Schema({ at: Date }));
const seen = ['20240131', '1700000000', '2024', '2024-01-31'].map((text) => [text, new Seen({ at: text }).at?.toISOString()]);
console.log(seen);
assert.deepStrictEqual(seen.map((s) => s[1]), [
  '1970-01-01T05:37:20.131Z', '1970-01-20T16:13:20.000Z', '2024-01-01T00:00:00.000Z', '2024-01-31T00:00:00.000Z',
]);
JS
node run.cjs
