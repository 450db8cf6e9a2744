#!/usr/bin/env bash
# Good guess: @IsJSON accepts every text that JSON.parse accepts ("Checks if the string is valid JSON").
# What happens: only objects and arrays pass. The texts 1, true, null and "a" are refused, though each is a JSON document;
#   the option of the library below that lets them in cannot be given through the decorator.
# Seen with: class-validator 0.15.1 (on validator 13), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages class-validator@0.15.1 reflect-metadata@0.2.2
cat >run.cjs <<'JS'
const assert = require('assert');
const { isJSON } = require('class-validator');
const seen = ['1', 'true', 'null', '"a"', '[]', '{}'].map((text) => [text, isJSON(text), JSON.stringify(JSON.parse(text)) === text]);
for (const [text, valid, parsed] of seen) console.log(`${text}  @IsJSON ${valid}  JSON.parse ${parsed}`);
assert.deepStrictEqual(seen.map((s) => s[1]), [false, false, false, false, true, true]);
JS
node run.cjs
