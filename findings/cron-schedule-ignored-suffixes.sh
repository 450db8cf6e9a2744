#!/usr/bin/env bash
# Good guess: a cron library that does not know 1#1, 5L, 15W or 5/15 refuses them, as cron-schedule refuses L and ?.
# What happens: it reads the number and ignores the rest. "0 0 * * 1#1" runs every Monday, not the first of the month; "5L" every
#   Friday, not the last; "15W" on Saturdays and Sundays too; "5/15" once an hour. In @datasert/cronjs-matcher the fifth Monday
#   (1#5) is left out where it is the 31st.
# Seen with: cron-schedule 6.0.0, @datasert/cronjs-matcher 1.4.0, cron-parser 5.10.6 for comparison, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages cron-schedule@6.0.0 @datasert/cronjs-matcher@1.4.0 cron-parser@5.10.6
cat >run.mjs <<'JS'
import assert from 'assert';
import { getFutureMatches } from '@datasert/cronjs-matcher';
import { CronExpressionParser } from 'cron-parser';
import { parseCronExpression } from 'cron-schedule';
const from = new Date('2027-01-01T00:00:00Z');
const short = (dates) => dates.map((date) => date.toISOString().slice(5, 10)).join(' ');
const schedule = (line) => short(parseCronExpression(line).getNextDates(3, from));
const parser = (line) => {
  const dates = CronExpressionParser.parse(line, { currentDate: from, tz: 'UTC' });
  return short(Array.from({ length: 3 }, () => dates.next().toDate()));
};
const options = { startAt: from.toISOString(), matchCount: 3, timezone: 'UTC' };
const matcher = (line) => short(getFutureMatches(line, options).map((text) => new Date(text)));
const seen = {
  '1#1': [schedule('0 0 * * 1#1'), parser('0 0 * * 1#1')],
  '5L': [schedule('0 0 * * 5L'), parser('0 0 * * 5L')],
  '15W in May': [schedule('0 0 15W 5 *').slice(0, 5), new Date('2027-05-15').toUTCString().slice(0, 3)],
  '5/15': parseCronExpression('5/15 * * * *').getNextDates(2, from).map((date) => date.toISOString().slice(11, 16)),
  '1#5': [matcher('0 0 * * 1#5'), parser('0 0 * * 1#5')],
};
console.log(seen);
for (const line of ['0 0 L * *', '0 0 ? * 1']) assert.throws(() => parseCronExpression(line));
assert.deepStrictEqual(seen, {
  '1#1': ['01-04 01-11 01-18', '01-04 02-01 03-01'],
  '5L': ['01-08 01-15 01-22', '01-29 02-26 03-26'],
  '15W in May': ['05-15', 'Sat'],
  '5/15': ['00:05', '01:05'],
  '1#5': ['03-29 08-30 11-29', '03-29 05-31 08-30'],
});
JS
node run.mjs
