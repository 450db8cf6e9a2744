#!/usr/bin/env bash
# Good guess: formatISODuration of { weeks: 2 } is P2W or P14D: weeks are a part of its Duration, and formatDuration says "2 weeks".
# What happens: it is P0Y0M0DT0H0M0S, nothing. { weeks: 1, days: 2 } is two days. Read back by anything, the weeks are lost.
# Seen with: date-fns 4.4.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages date-fns@4.4.0
cat >run.mjs <<'JS'
import assert from 'assert';
import { formatDuration, formatISODuration } from 'date-fns';
const seen = [{ weeks: 2 }, { weeks: 1, days: 2 }].map((duration) => [formatDuration(duration), formatISODuration(duration)]);
console.log(seen);
assert.deepStrictEqual(seen, [['2 weeks', 'P0Y0M0DT0H0M0S'], ['1 week 2 days', 'P0Y0M2DT0H0M0S']]);
JS
node run.mjs
