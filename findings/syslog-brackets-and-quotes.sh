#!/usr/bin/env bash
# Good guess: parsers of RFC 5424 read its structured data with the escapes that it names, and leave the message after it alone.
# What happens: with structured data present, glossy cuts off the message up to its last ]: of "disk [sda] is full" remains "is full",
#   of "list [1,2]" nothing. nsyslog-parser reads that message whole, but an escaped quote in a value makes all structured data a
#   part of the message, and an escaped ] keeps its backslash.
# Seen with: glossy 0.1.7, nsyslog-parser 0.10.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages glossy@0.1.7 nsyslog-parser@0.10.1
cat >run.cjs <<'JS'
const assert = require('assert');
const glossy = (line) => { const { structuredData, message } = require('glossy').Parse.parse(line); return [structuredData?.['q@1'], message]; };
const nsyslog = (line) => { const { structuredData, message } = require('nsyslog-parser')(line); return [structuredData[0]?.a, message]; };
const head = '<34>1 2027-01-01T12:00:00Z host app 1 id';
const seen = ['[q@1 a="b"] disk [sda] is full', '[q@1 a="b"] list [1,2]', '[q@1 a="x\\"y"] ok', '[q@1 a="x\\]y"] ok'].map(
  (rest) => [rest, glossy(`${head} ${rest}`), nsyslog(`${head} ${rest}`)],
);
for (const [rest, first, second] of seen) console.log(rest, '| glossy', first, '| nsyslog-parser', second);
assert.deepStrictEqual(seen.map((s) => s[1]), [
  [{ a: 'b' }, 'is full'], [{ a: 'b' }, ''], [{ a: 'x"y' }, 'ok'], [{ a: 'x]y' }, 'ok'],
]);
assert.deepStrictEqual(seen.map((s) => s[2]), [
  ['b', 'disk [sda] is full'], ['b', 'list [1,2]'], [undefined, '[q@1 a="x\\"y"] ok'], ['x\\]y', 'ok'],
]);
JS
node run.cjs
