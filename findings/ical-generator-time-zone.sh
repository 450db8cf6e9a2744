#!/usr/bin/env bash
# Good guess: ical-generator with { timezone: 'Europe/Berlin' } and a Date writes that moment as it is on clocks in Berlin.
# What happens: it writes the clock of the machine and calls it Berlin's: on a server in UTC, a start at 09:00Z becomes
#   DTSTART;TZID=Europe/Berlin:20270101T090000, an hour early for every reader, in summer two. On a laptop in Berlin it is right.
#   DTSTAMP, which must be in UTC, loses its Z. Without timezone it is right everywhere.
# Seen with: ical-generator 10.2.0, Node 20 with TZ=UTC and TZ=Europe/Berlin.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages ical-generator@10.2.0
cat >run.mjs <<'JS'
import ical from 'ical-generator';
const start = new Date('2027-01-01T09:00:00Z');
for (const timezone of ['Europe/Berlin', undefined]) {
  const calendar = ical({ timezone });
  calendar.createEvent({ id: '1', start, end: new Date('2027-01-01T10:00:00Z'), stamp: start, summary: 'x', timezone });
  console.log(calendar.toString().match(/^(DTSTART|DTSTAMP).*$/gm).map((line) => line.trim()).sort().join(' '));
}
JS
utc=$(TZ=UTC node run.mjs)
berlin=$(TZ=Europe/Berlin node run.mjs)
echo "$utc" "$berlin"
[ "$utc" = 'DTSTAMP:20270101T090000 DTSTART;TZID=Europe/Berlin:20270101T090000
DTSTAMP:20270101T090000Z DTSTART:20270101T090000Z' ]
[ "$berlin" = 'DTSTAMP:20270101T100000 DTSTART;TZID=Europe/Berlin:20270101T100000
DTSTAMP:20270101T090000Z DTSTART:20270101T090000Z' ]
