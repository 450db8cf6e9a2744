#!/usr/bin/env bash
# Good guess: {{log}} in the template of a webhook's body prints the field log of the event, as {{output}} prints output.
# What happens: it prints nothing there, and an empty line on standard output: a helper that comes with Handlebars has that
#   name and goes before the data (log, lookup, each, if, unless, with). {{this.log}} prints the field.
# Seen with: handlebars 4.7.10, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages handlebars@4.7.10
cat >run.cjs <<'JS'
const assert = require('assert');
const text = require('handlebars').compile('[{{output}}] [{{log}}] [{{this.log}}]')({ output: 'late', log: 'no event for 10s' });
console.log(text);
assert.strictEqual(text, '[late] [] [no event for 10s]');
JS
node run.cjs
