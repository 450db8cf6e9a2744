#!/usr/bin/env bash
# Good guess: where 7 is taken as a day of the week it is Sunday, also at the end of a range: "0 0 * * 5-7" is Friday to Sunday.
# What happens: for @breejs/later, of Bree, 7 is Saturday, and 5-7 has no Sunday; 0 is Sunday. For @datasert/cronjs-matcher 7 is
#   Sunday, but 5-7 has none. For cronosjs 0-7 is Sunday alone, not every day. croner is right in all three.
# Seen with: @breejs/later 4.2.0, @datasert/cronjs-matcher 1.4.0, cronosjs 1.7.1, croner 11.0.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @breejs/later@4.2.0 @datasert/cronjs-matcher@1.4.0 cronosjs@1.7.1 croner@11.0.1
cat >run.mjs <<'JS'
import assert from 'assert';
import later from '@breejs/later';
import { getFutureMatches } from '@datasert/cronjs-matcher';
import cronos from 'cronosjs';
import { Cron } from 'croner';
const from = new Date('2027-01-03T12:00:00Z'); // a Sunday; the next seven midnights are one of each day
const until = new Date('2027-01-10T12:00:00Z');
const libraries = {
  later: (line) => later.schedule(later.parse.cron(line)).next(8, from),
  cronjs: (line) => getFutureMatches(line, { startAt: from.toISOString(), matchCount: 8, timezone: 'UTC' }).map((text) => new Date(text)),
  cronosjs: (line) => cronos.CronosExpression.parse(line, { timezone: 'UTC' }).nextNDates(from, 8),
  croner: (line) => new Cron(line, { timezone: 'UTC' }).nextRuns(8, from),
};
const days = (dates) => dates.filter((date) => date > from && date < until).map((date) => date.toUTCString().slice(0, 3)).join(' ');
const seen = Object.fromEntries(Object.entries(libraries).map(([name, dates]) => [
  name, ['7', '5-7', '0-7'].map((day) => days(dates(`0 0 * * ${day}`))),
]));
console.log(seen);
const all = 'Mon Tue Wed Thu Fri Sat Sun';
assert.deepStrictEqual(seen, {
  later: ['Sat', 'Fri Sat', all], cronjs: ['Sun', 'Fri Sat', all], cronosjs: ['Sun', 'Fri Sat Sun', 'Sun'], croner: ['Sun', 'Fri Sat Sun', all],
});
JS
node run.mjs
