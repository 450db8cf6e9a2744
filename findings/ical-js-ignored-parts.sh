#!/usr/bin/env bash
# Good guess: a library reads the parts of a recurrence rule that RFC 5545 has for its frequency, or refuses those that it cannot do.
# What happens: ical.js takes BYSETPOS with days, weeks and plain years, BYWEEKNO, and a numbered weekday of the year (20MO), and goes
#   on as if they were not there. The first of Monday and Friday each week is both; the last Monday of a year is every Monday.
#   With months BYSETPOS works.
# Seen with: ical.js 2.2.1, Node 20; python-dateutil 2.9.0.post0, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages ical.js@2.2.1
python_packages python-dateutil==2.9.0.post0
cat >rules <<'TEXT'
FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1;COUNT=4
FREQ=DAILY;BYHOUR=9,17;BYSETPOS=2;COUNT=4
FREQ=YEARLY;BYDAY=MO;BYSETPOS=-1;COUNT=4
FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=4
FREQ=YEARLY;BYDAY=20MO;COUNT=4
FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=1;COUNT=4
TEXT
python - <<'PY' >dateutil
from dateutil.rrule import rrulestr
for rule in open('rules'):
    print(*(d.strftime('%Y-%m-%dT%H') for d in rrulestr('DTSTART:20270104T090000\nRRULE:' + rule)))
PY
cat >run.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import ICAL from 'ical.js';
const lines = (name) => fs.readFileSync(name, 'utf8').trim().split('\n');
const seen = lines('rules').map((rule, i) => {
  const dates = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString('2027-01-04T09:00:00'));
  return { rule, ical: Array.from({ length: 4 }, () => dates.next().toString().slice(0, 13)).join(' '), dateutil: lines('dateutil')[i] };
});
console.log(seen);
const mondays = '2027-01-04T09 2027-01-11T09 2027-01-18T09 2027-01-25T09';
assert.deepStrictEqual(seen.map((s) => s.ical), [
  '2027-01-04T09 2027-01-08T09 2027-01-11T09 2027-01-15T09', '2027-01-04T09 2027-01-04T17 2027-01-05T09 2027-01-05T17',
  mondays, mondays, mondays, '2027-02-01T09 2027-03-01T09 2027-04-02T09 2027-05-03T09',
]);
assert.deepStrictEqual(seen.map((s) => s.dateutil), [
  mondays, '2027-01-04T17 2027-01-05T17 2027-01-06T17 2027-01-07T17',
  '2027-12-27T09 2028-12-25T09 2029-12-31T09 2030-12-30T09', '2027-05-17T09 2028-05-15T09 2029-05-14T09 2030-05-13T09',
  '2027-05-17T09 2028-05-15T09 2029-05-14T09 2030-05-20T09', '2027-02-01T09 2027-03-01T09 2027-04-02T09 2027-05-03T09',
]);
JS
node run.mjs
