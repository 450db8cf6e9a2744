#!/usr/bin/env bash
# Good guess: node-ical gives all dates of an event: those of RRULE, without those of EXDATE, and with those of RDATE.
# What happens: RDATE is left as a text, and expandRecurringEvent knows nothing of it: a maintenance that is planned for three
#   single days is on the first alone. recurring-ical-events has three.
# Seen with: node-ical 0.26.1, Node 20; recurring-ical-events 3.8.2, icalendar 7.3.2, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages node-ical@0.26.1
python_packages recurring-ical-events==3.8.2 icalendar==7.3.2
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//findings//EN BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z DTSTART:20270101T090000Z \
  DTEND:20270101T100000Z RDATE:20270105T090000Z,20270106T090000Z SUMMARY:maintenance END:VEVENT END:VCALENDAR >calendar.ics
cat >run.mjs <<'JS'
import assert from 'assert';
import ical from 'node-ical';
const event = Object.values(ical.sync.parseFile('calendar.ics')).find(({ type }) => type === 'VEVENT');
const dates = ical.expandRecurringEvent(event, { from: new Date('2027-01-01'), to: new Date('2027-02-01') }).map(({ start }) => start.toISOString());
console.log({ dates, rdate: event.rdate });
assert.deepStrictEqual(dates, ['2027-01-01T09:00:00.000Z']);
assert.strictEqual(event.rdate, '20270105T090000Z,20270106T090000Z');
JS
cat >run.py <<'PY'
import icalendar, recurring_ical_events
events = recurring_ical_events.of(icalendar.Calendar.from_ical(open('calendar.ics', 'rb').read())).between((2027, 1, 1), (2027, 2, 1))
days = sorted(str(event.start.date()) for event in events)
print(days)
assert days == ['2027-01-01', '2027-01-05', '2027-01-06']
PY
node run.mjs && python run.py
