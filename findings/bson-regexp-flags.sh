#!/usr/bin/env bash
# Good guess: of a JavaScript regular expression the flags that BSON knows too (i, m, s) are stored, and g, which it does not, is left out.
# What happens: g is stored as s, which lets the dot match line ends, and s itself is left out. A filter with /a.b/g is a filter
#   with /a.b/s, and one with /a.b/s is without; Python reads the first as DOTALL. Read in JavaScript the s becomes g again, so
#   a round trip looks right. EJSON refuses the g that serialize() takes.
# Seen with: bson 7.3.4 (of the mongodb driver for Node.js), Node 20; pymongo 4.20.1, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages bson@7.3.4
python_packages pymongo==4.20.1
cat >run.cjs <<'JS'
const assert = require('assert');
const fs = require('fs');
const { deserialize, EJSON, serialize } = require('bson');
for (const flag of ['g', 's']) fs.writeFileSync(flag, serialize({ r: new RegExp('a.b', flag) }));
const back = ['g', 's'].map((flag) => String(deserialize(fs.readFileSync(flag)).r));
console.log('read back in JavaScript:', back);
assert.deepStrictEqual(back, ['/a.b/g', '/a.b/']);
assert.throws(() => EJSON.stringify({ r: /a.b/g }), /option \[g\] is not supported/);
JS
node run.cjs
python - <<'PY'
import bson
seen = {flag: (document['r'].pattern, bool(document['r'].try_compile().match('a\nb'))) for flag, document in
        ((flag, bson.decode(open(flag, 'rb').read())) for flag in 'gs')}
print('does it match over a line end, read in Python:', seen)
assert seen == {'g': ('a.b', True), 's': ('a.b', False)}
PY
