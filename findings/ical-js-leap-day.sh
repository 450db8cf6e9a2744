#!/usr/bin/env bash
# Good guess: FREQ=YEARLY from 29 February comes in leap years only, as RFC 5545 skips dates that do not exist, and as FREQ=MONTHLY
#   from the 31st does in ical.js itself.
# What happens: in the other years ical.js gives 1 March. With BYMONTH the day runs over too: from 31 January in months 1, 2 and 4 it
#   is 3 March and 1 May, none of them a month that was named. dateutil and rrule skip.
# Seen with: ical.js 2.2.1, rrule 2.8.1, Node 20; python-dateutil 2.9.0.post0, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages ical.js@2.2.1 rrule@2.8.1
python_packages python-dateutil==2.9.0.post0
cat >rules <<'TEXT'
2028-02-29 FREQ=YEARLY;COUNT=4
2027-01-31 FREQ=YEARLY;BYMONTH=1,2,4;COUNT=4
2027-01-31 FREQ=MONTHLY;COUNT=4
TEXT
python - <<'PY' >dateutil
from dateutil.rrule import rrulestr
for line in open('rules'):
    start, rule = line.split()
    print(*(d.strftime('%Y-%m-%d') for d in rrulestr(f"DTSTART:{start.replace('-', '')}T090000\nRRULE:{rule}")))
PY
cat >run.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import ICAL from 'ical.js';
import rrule from 'rrule';
const lines = (name) => fs.readFileSync(name, 'utf8').trim().split('\n');
const seen = lines('rules').map((line, i) => {
  const [start, rule] = line.split(' ');
  const dates = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(`${start}T09:00:00`));
  const ical = Array.from({ length: 4 }, () => dates.next().toString().slice(0, 10)).join(' ');
  const text = `DTSTART:${start.replaceAll('-', '')}T090000Z\nRRULE:${rule}`;
  const others = rrule.rrulestr(text).all().map((date) => date.toISOString().slice(0, 10)).join(' ');
  assert.strictEqual(lines('dateutil')[i], others);
  return { line, ical, others };
});
console.log(seen);
assert.deepStrictEqual(seen.map((s) => s.ical), [
  '2028-02-29 2029-03-01 2030-03-01 2031-03-01', '2027-01-31 2027-03-03 2027-05-01 2028-01-31', '2027-01-31 2027-03-31 2027-05-31 2027-07-31',
]);
assert.deepStrictEqual(seen.map((s) => s.others), [
  '2028-02-29 2032-02-29 2036-02-29 2040-02-29', '2027-01-31 2028-01-31 2029-01-31 2030-01-31', '2027-01-31 2027-03-31 2027-05-31 2027-07-31',
]);
JS
node run.mjs
