#!/usr/bin/env bash
# Good guess: plainToInstance copies every key of a nested object of free keys, such as a pattern or labels.
# What happens: keys that are called like a method of every object (toString, valueOf, hasOwnProperty, isPrototypeOf …) are
#   left out without a word; the same object by JSON.parse keeps them. A rule with such a key silently becomes a wider rule.
# Seen with: class-transformer 0.5.1 (plainToInstance, nested object with @Type(() => Object)), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages class-transformer@0.5.1 reflect-metadata@0.2.2
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('assert');
const { plainToInstance, Type } = require('class-transformer');
class Rule {}
Type(() => Object)(Rule.prototype, 'pattern');
const sent = { pattern: { connector: 'c1', toString: 'a', valueOf: 'b', hasOwnProperty: 'c' } };
const got = plainToInstance(Rule, sent);
console.log('sent', Object.keys(sent.pattern), 'got', Object.keys(got.pattern));
assert.deepStrictEqual(Object.keys(got.pattern), ['connector']);
JS
node run.cjs
