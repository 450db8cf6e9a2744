#!/usr/bin/env bash
# Good guess: the escape of Mustache's render is given texts, as its default (for HTML) is, so that
#   `(text) => JSON.stringify(text).slice(1, -1)` makes bodies of JSON.
# What happens: numbers go past the default, but not past an escape of one's own: it is given the number. {{state}} of 3 is
#   then nothing, {{timestamp}} of 1700000000 is 70000000: valid JSON as a rule, and wrong. String(value) first is the cure.
# Seen with: mustache 4.2.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages mustache@4.2.0
cat >run.cjs <<'JS'
const assert = require('assert');
const { render } = require('mustache');
const alarm = { state: 3, timestamp: 1700000000, output: 'no "event"' };
const template = '{"s":"{{state}}","t":{{timestamp}},"o":"{{output}}"}';
const seen = {
  json: render(template, alarm, {}, { escape: (text) => JSON.stringify(text).slice(1, -1) }),
  text: render(template, alarm, {}, { escape: (value) => JSON.stringify(String(value)).slice(1, -1) }),
};
console.log(seen);
assert.deepStrictEqual(seen, {
  json: '{"s":"","t":70000000,"o":"no \\"event\\""}',
  text: '{"s":"3","t":1700000000,"o":"no \\"event\\""}',
});
JS
node run.cjs
