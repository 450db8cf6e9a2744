#!/usr/bin/env bash
# Good guess: a job's nextDates(10) gives ten dates, for a yearly job the next ten years.
# What happens: cron (which Nest's scheduler uses) throws, and gives none of the eight that it has found: the search ends eight years
#   from now. From now also where another start is given, so for a start in nine years even "every midnight" has no next date.
# Seen with: cron 4.4.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages cron@4.4.0
cat >run.cjs <<'JS'
const assert = require('assert');
const { CronJob, CronTime } = require('cron');
const job = new CronJob('0 0 1 1 *', () => {}, null, false, 'UTC');
const last = job.nextDates(7).at(-1);
console.log('the seventh of a yearly job:', last.toISODate());
assert.strictEqual(last.year, new Date().getUTCFullYear() + 7);
assert.throws(() => job.nextDates(10), /No execution date was found in the next 8 years/);
const start = new Date(Date.UTC(new Date().getUTCFullYear() + 9, 0, 1));
assert.throws(() => new CronTime('0 0 * * *', 'UTC').getNextDateFrom(start), /No execution date was found/);
console.log('ten of it, and midnight after', start.toISOString().slice(0, 10), 'raise');
JS
node run.cjs
