#!/usr/bin/env bash
# Good guess: canonical Extended JSON says which type a number has in BSON, so a document that is stored again from its export has
#   the same types.
# What happens: a whole number of 2^31 or more is a double in BSON, and $numberLong, a 64-bit integer, in JavaScript's canonical
#   export of what was read. Stored from that by Python it is an integer: queries by type no longer find it, and readers in other
#   languages get another type. What was read with { promoteValues: false } is exported right.
# Seen with: bson 7.3.4, Node 20; pymongo 4.20.1, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages bson@7.3.4
python_packages pymongo==4.20.1
cat >run.mjs <<'JS'
import { BSON, EJSON } from 'bson';
const bytes = BSON.serialize({ small: 5, bytes: 3000000000 });
const canonical = (document) => EJSON.stringify(document, { relaxed: false });
console.log(JSON.stringify({
  hex: Buffer.from(bytes).toString('hex'),
  plain: canonical(BSON.deserialize(bytes)),
  unpromoted: canonical(BSON.deserialize(bytes, { promoteValues: false })),
}));
JS
cat >run.py <<'PY'
import json, sys
import bson
from bson import json_util
given = json.load(sys.stdin)
stored = bson.decode(bytes.fromhex(given['hex']))
print(given['plain'], '|', given['unpromoted'], '|', stored)
again = {name: bson.encode(json_util.loads(given[name])).hex() for name in ('plain', 'unpromoted')}
print(given['hex'], again)
double, integer = (kind + b'bytes\0' for kind in (b'\x01', b'\x12'))
assert double in bytes.fromhex(given['hex']) and isinstance(stored['bytes'], float)
assert integer in bytes.fromhex(again['plain'])
assert again['unpromoted'] == given['hex']
PY
node run.mjs | python run.py
