#!/usr/bin/env bash
# Good guess: js-yaml 5 reads back with load what its dump wrote: a Date comes back as a Date, as it did with version 4.
# What happens: dump still writes a Date as a plain timestamp, but load's schema is now YAML 1.2's core, which has none: it comes
#   back as a string. dump keeps to a schema of its own (DUMP_SCHEMA). Whoever reads needs { schema: YAML11_SCHEMA }.
# Seen with: js-yaml 5.5.0 against 4.1.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages js-yaml@5.5.0 js-yaml-4@npm:js-yaml@4.1.0
cat >run.mjs <<'JS'
import assert from 'node:assert';
import { dump, load, YAML11_SCHEMA } from 'js-yaml';
import four from 'js-yaml-4';
const text = dump({ at: new Date(0) });
const seen = [load(text).at, load(text, { schema: YAML11_SCHEMA }).at, four.load(four.dump({ at: new Date(0) })).at];
console.log(text, seen);
assert.strictEqual(seen[0], '1970-01-01T00:00:00.000Z');
assert(seen[1] instanceof Date && seen[2] instanceof Date);
JS
node run.mjs
