#!/usr/bin/env bash
# Good guess: @IsDivisibleBy(2.5) accepts 5 and 7.5, and @IsDivisibleBy(0.5) accepts 1, as the remainder of the numbers is 0.
# What happens: the divisor loses its fraction, the value does not. By 2.5 means by 2 (4 passes, 5 does not), and by 0.5
#   refuses every value, as the remainder by 0 is no number. The message still names the divisor that was written.
# Seen with: class-validator 0.15.1 (on validator 13), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages class-validator@0.15.1 reflect-metadata@0.2.2
cat >run.cjs <<'JS'
const assert = require('assert');
const { isDivisibleBy } = require('class-validator');
const seen = [[5, 2.5], [4, 2.5], [7.5, 2.5], [1, 0.5], [2, 0.5]].map(([value, by]) => [value, by, isDivisibleBy(value, by)]);
for (const [value, by, answer] of seen) console.log(`${value} by ${by}: ${answer}`);
assert.deepStrictEqual(seen.map((s) => s[2]), [false, true, false, false, false]);
JS
node run.cjs
