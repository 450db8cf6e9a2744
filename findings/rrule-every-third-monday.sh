#!/usr/bin/env bash
# Good guess: rrule is a port of dateutil, so FREQ=MINUTELY;INTERVAL=30;BYDAY=MO;BYHOUR=9 is 9:00 and 9:30 of every Monday in both.
# What happens: rrule skips two Mondays of three. Within a day it is right, and without BYDAY on every day, so a look at the first
#   dates shows nothing. Every 90 minutes in the hours from 9 to 12 is half an hour off on the second day.
#   dateutil, and ical.js for its part, have every Monday and the same times each day.
# Seen with: rrule 2.8.1, ical.js 2.2.1, Node 20; python-dateutil 2.9.0.post0, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages rrule@2.8.1 ical.js@2.2.1
python_packages python-dateutil==2.9.0.post0
cat >rules <<'TEXT'
FREQ=MINUTELY;INTERVAL=30;BYDAY=MO;BYHOUR=9;COUNT=6
FREQ=MINUTELY;INTERVAL=90;BYHOUR=9,10,11,12;COUNT=6
TEXT
python - <<'PY' >dateutil
from dateutil.rrule import rrulestr
for rule in open('rules'):
    print(*(d.strftime('%m-%dT%H:%M') for d in rrulestr('DTSTART:20270104T090000\nRRULE:' + rule)))
PY
cat >run.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import ICAL from 'ical.js';
import rrule from 'rrule';
const lines = (name) => fs.readFileSync(name, 'utf8').trim().split('\n');
const short = (time) => time.slice(5, 16);
const ofIcal = (rule) => {
  const dates = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString('2027-01-04T09:00:00'));
  return Array.from({ length: 6 }, () => short(dates.next().toString())).join(' ');
};
const seen = lines('rules').map((rule, i) => ({
  rrule: rrule.rrulestr(`DTSTART:20270104T090000Z\nRRULE:${rule}`).all().map((date) => short(date.toISOString())).join(' '),
  ical: ofIcal(rule),
  dateutil: lines('dateutil')[i],
}));
console.log(seen);
const mondays = '01-04T09:00 01-04T09:30 01-11T09:00 01-11T09:30 01-18T09:00 01-18T09:30';
const daily = '01-04T09:00 01-04T10:30 01-04T12:00 01-05T09:00 01-05T10:30 01-05T12:00';
assert.deepStrictEqual(seen, [
  { rrule: '01-04T09:00 01-04T09:30 01-25T09:00 01-25T09:30 02-15T09:00 02-15T09:30', ical: mondays, dateutil: mondays },
  { rrule: '01-04T09:00 01-04T10:30 01-04T12:00 01-05T09:30 01-05T11:00 01-05T12:30', ical: daily, dateutil: daily },
]);
JS
node run.mjs
