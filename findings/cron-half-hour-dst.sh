#!/usr/bin/env bash
# Good guess: "every 15 minutes" is every 15 minutes in every time zone: a schedule without an hour does not care about
#   summer time, and the next time after an instant is later than the instant.
# What happens: on Lord Howe Island, where clocks go back half an hour, cron-parser leaves out the two runs of the repeated half
#   hour (45 minutes of silence), and cron answers with an instant before the one it was asked about. croner is right.
# Seen with: croner 11.0.1, cron-parser 5.10.6, cron 4.4.0 (under @nestjs/schedule), Node 20 with ICU's zones.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages croner@11.0.1 cron-parser@5.10.6 cron@4.4.0
cat >run.mjs <<'JS'
import assert from 'node:assert';
import { Cron } from 'croner';
import { CronTime } from 'cron';
import { CronExpressionParser } from 'cron-parser';
const [pattern, zone] = ['*/15 * * * *', 'Australia/Lord_Howe'];
const utc = (date) => date.toISOString().slice(11, 16);
const after = {
  croner: (at) => new Cron(pattern, { timezone: zone, paused: true }).nextRun(at),
  'cron-parser': (at) => CronExpressionParser.parse(pattern, { tz: zone, currentDate: at }).next().toDate(),
  cron: (at) => new CronTime(pattern, zone).getNextDateFrom(at, zone).toJSDate(),
};
const seen = {};
for (const [name, next] of Object.entries(after)) {
  let at = new Date('2026-04-04T14:40:00Z');
  seen[name] = Array.from({ length: 4 }, () => utc((at = next(at)))).join(' ');
}
console.log(seen);
assert.deepStrictEqual(seen, {
  croner: '14:45 15:00 15:15 15:30',
  'cron-parser': '14:45 15:30 15:45 16:00',
  cron: '14:45 15:00 14:45 15:00',
});
JS
node run.mjs
