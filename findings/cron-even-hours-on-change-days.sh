#!/usr/bin/env bash
# Good guess: libraries that read one cron expression with one time zone agree about the days when clocks change; for
#   "0 */2 * * *" and "30 2 * * *" they may skip a run or move it, but all in one way.
# What happens: in spring in Paris, a job of 02:30 runs at 03:00 (croner, cron) or 03:30 (cron-parser), and the even hours of
#   cron and cron-parser have a run at 03:00 that croner's have not. In autumn croner alone runs at both 02:00s. So
#   the longest pause is 3 hours for each, but in spring with croner and in autumn with the others.
# Seen with: croner 11.0.1, cron-parser 5.10.6, cron 4.4.0 (under @nestjs/schedule), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages croner@11.0.1 cron-parser@5.10.6 cron@4.4.0
cat >run.mjs <<'JS'
import assert from 'node:assert';
import { Cron } from 'croner';
import { CronTime } from 'cron';
import { CronExpressionParser } from 'cron-parser';
const zone = 'Europe/Paris';
const local = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
const after = {
  croner: (pattern, at) => new Cron(pattern, { timezone: zone, paused: true }).nextRun(at),
  'cron-parser': (pattern, at) => CronExpressionParser.parse(pattern, { tz: zone, currentDate: at }).next().toDate(),
  cron: (pattern, at) => new CronTime(pattern, zone).getNextDateFrom(at, zone).toJSDate(),
};
const seen = {};
for (const [name, next] of Object.entries(after)) {
  const runs = (pattern, from, count) => {
    let at = new Date(from);
    return Array.from({ length: count }, () => local.format((at = next(pattern, at)))).join(' ');
  };
  seen[name] = {
    nightly: runs('30 2 * * *', '2026-03-28T12:00:00Z', 1),
    spring: runs('0 */2 * * *', '2026-03-28T22:30:00Z', 3),
    autumn: runs('0 */2 * * *', '2026-10-24T21:30:00Z', 4),
  };
}
console.log(seen);
assert.deepStrictEqual(seen, {
  croner: { nightly: '03:00', spring: '00:00 04:00 06:00', autumn: '00:00 02:00 02:00 04:00' },
  'cron-parser': { nightly: '03:30', spring: '00:00 03:00 04:00', autumn: '00:00 02:00 04:00 06:00' },
  cron: { nightly: '03:00', spring: '00:00 03:00 04:00', autumn: '00:00 02:00 04:00 06:00' },
});
JS
node run.mjs
