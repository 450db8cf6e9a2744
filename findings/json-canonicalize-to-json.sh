#!/usr/bin/env bash
# Good guess: canonical JSON (RFC 8785) has sorted keys throughout, also in what an object's toJSON gives, as Mongoose's documents,
#   decimals and other classes have one.
# What happens: json-canonicalize inserts what toJSON gives as it is, nested objects in it too. Two objects of equal content have two
#   canonical texts, and hashes of them differ from those of canonicalize, which sorts.
# Seen with: json-canonicalize 3.0.1, canonicalize 4.0.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages json-canonicalize@3.0.1 canonicalize@4.0.0
cat >run.mjs <<'JS'
import assert from 'assert';
import other from 'canonicalize';
import { canonicalize } from 'json-canonicalize';
class Beat {
  toJSON() { return { status: 'up', at: { minute: 5, hour: 9 } }; }
}
const seen = [canonicalize({ beat: new Beat() }), canonicalize({ beat: new Beat().toJSON() }), other({ beat: new Beat() })];
console.log(seen);
const sorted = '{"beat":{"at":{"hour":9,"minute":5},"status":"up"}}';
assert.deepStrictEqual(seen, ['{"beat":{"status":"up","at":{"minute":5,"hour":9}}}', sorted, sorted]);
JS
node run.mjs
