#!/usr/bin/env bash
# Good guess: human-interval, with which Agenda reads its intervals, knows "a minute" and "half an hour" as it knows "five minutes",
#   and gives NaN for what it does not know.
# What happens: it needs a number. "a minute", "half an hour" and "every 5 minutes" are 0, "an hour and 5 minutes" is 5 minutes,
#   "two and a half hours" is 2, "1,5 hours" is 1. NaN comes only where it finds no unit, as in "1h".
# Seen with: human-interval 2.0.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages human-interval@2.0.1
cat >run.mjs <<'JS'
import assert from 'assert';
import humanInterval from 'human-interval';
const texts = ['five minutes', 'a minute', 'half an hour', 'every 5 minutes', 'an hour and 5 minutes',
  'two and a half hours', '1.5 hours', '1,5 hours', '1h'];
const seen = Object.fromEntries(texts.map((text) => [text, humanInterval(text) / 60_000]));
console.log('minutes', seen);
assert.deepStrictEqual(seen, {
  'five minutes': 5, 'a minute': 0, 'half an hour': 0, 'every 5 minutes': 0, 'an hour and 5 minutes': 5, 'two and a half hours': 120,
  '1.5 hours': 90, '1,5 hours': 60, '1h': NaN,
});
JS
node run.mjs
