#!/usr/bin/env bash
# Good guess: dayjs.duration(45, 'days') is 45 days: added to 1 January it gives 15 February, and it is written as P45D.
# What happens: a duration made of a number is spread over years, months and days, a month being 365/12 days: P1M14DT14H. Added to
#   1 January this is 15 February 14:00, and formatted in days it says 14. The same length read from the text P45D stays 45 days.
#   It begins at 31 days, so a test with a week or with 30 days does not show it.
# Seen with: dayjs 1.11.23 and its plugin duration, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages dayjs@1.11.23
cat >run.cjs <<'JS'
const assert = require('assert');
const dayjs = require('dayjs');
dayjs.extend(require('dayjs/plugin/duration'));
const start = dayjs('2027-01-01T00:00:00Z');
const seen = [dayjs.duration(30, 'days'), dayjs.duration(31, 'days'), dayjs.duration(45, 'days'), dayjs.duration('P45D')].map((d) => [
  d.toISOString(), d.asDays(), d.format('D [d] H [h]'), start.add(d).toISOString(),
]);
console.log(seen);
assert.deepStrictEqual(seen, [
  ['P30D', 30, '30 d 0 h', '2027-01-31T00:00:00.000Z'],
  ['P1MT14H', 31, '0 d 14 h', '2027-02-01T14:00:00.000Z'],
  ['P1M14DT14H', 45, '14 d 14 h', '2027-02-15T14:00:00.000Z'],
  ['P45D', 45, '45 d 0 h', '2027-02-15T00:00:00.000Z'],
]);
JS
node run.cjs
