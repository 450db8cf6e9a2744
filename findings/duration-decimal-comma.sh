#!/usr/bin/env bash
# Good guess: "1,5h", as half of Europe writes it, is an hour and a half, or it is refused.
# What happens: parse-duration and timestring drop the comma: it is 15 hours. timestring drops a minus too: "-1h30m" is an hour and
#   a half, and parse-duration takes the sign of the first part for the whole: "1h -30m" is an hour and a half, not half an hour.
# Seen with: parse-duration 2.1.9, timestring 7.0.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages parse-duration@2.1.9 timestring@7.0.0
cat >run.mjs <<'JS'
import assert from 'assert';
import parseDuration from 'parse-duration';
import timestring from 'timestring';
const seen = ['1.5h', '1,5h', '-1h30m', '1h -30m'].map((text) => [text, parseDuration(text, 'h'), timestring(text, 'h')]);
console.log(seen);
assert.deepStrictEqual(seen, [['1.5h', 1.5, 1.5], ['1,5h', 15, 15], ['-1h30m', -1.5, 1.5], ['1h -30m', 1.5, 1.5]]);
JS
node run.mjs
