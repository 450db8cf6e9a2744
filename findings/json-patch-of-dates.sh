#!/usr/bin/env bash
# Good guess: fast-json-patch compares two objects as their JSON would be compared, so another Date is one "replace", as it is with
#   just-diff and generate-json-patch.
# What happens: it takes the old Date for an empty object and the text of the new one for a list: the patch has an "add" for each of
#   its 24 letters, /seen/0, /seen/1, … The other side, which has the date as a string, refuses it. A comparison of
#   JSON.parse(JSON.stringify(x)) is right.
# Seen with: fast-json-patch 3.1.1, just-diff 6.0.2, generate-json-patch 1.2.9, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages fast-json-patch@3.1.1 just-diff@6.0.2 generate-json-patch@1.2.9
cat >run.mjs <<'JS'
import assert from 'assert';
import jsonPatch from 'fast-json-patch';
import { generateJSONPatch } from 'generate-json-patch';
import { diff, jsonPatchPathConverter } from 'just-diff';
const before = { seen: new Date('2027-01-01T00:00:00Z') };
const after = { seen: new Date('2027-01-01T00:05:00Z') };
const json = (value) => JSON.parse(JSON.stringify(value));
const patch = jsonPatch.compare(before, after);
console.log(patch.length, 'operations, of them', patch.slice(0, 2));
assert.strictEqual(patch.length, 24);
assert.deepStrictEqual(json(patch.slice(0, 2)), [{ op: 'add', path: '/seen/0', value: '2' }, { op: 'add', path: '/seen/1', value: '0' }]);
assert.throws(() => jsonPatch.applyPatch(json(before), json(patch), true), { name: 'OPERATION_PATH_UNRESOLVABLE' });
const replace = [{ op: 'replace', path: '/seen', value: '2027-01-01T00:05:00.000Z' }];
const others = [jsonPatch.compare(json(before), json(after)), generateJSONPatch(before, after), diff(before, after, jsonPatchPathConverter)];
for (const other of others) assert.deepStrictEqual(json(other), replace);
JS
node run.mjs
