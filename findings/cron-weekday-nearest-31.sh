#!/usr/bin/env bash
# Good guess: libraries that know W agree about 31W: the working day nearest to the 31st, in months that have one, as without the W.
# What happens: croner leaves February, April and the like out; croniter and cronosjs take the working day nearest to the last day of
#   these months, so the job runs twelve times a year instead of seven; 30W in February is each year or never. cronstrue describes
#   it the same way for both.
# Seen with: croner 11.0.1, cronosjs 1.7.1, cronstrue 3.39.0, Node 20; croniter 7.0.0, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages croner@11.0.1 cronosjs@1.7.1 cronstrue@3.39.0
python_packages croniter==7.0.0
python - <<'PY' >croniter
from datetime import datetime
from croniter import croniter
dates = croniter('0 0 31W * *', datetime(2027, 1, 1), ret_type=datetime)
print(*(dates.get_next().strftime('%m-%d') for _ in range(5)))
PY
cat >run.cjs <<'JS'
const assert = require('assert');
const { Cron } = require('croner');
const { CronosExpression } = require('cronosjs');
const from = new Date('2027-01-01T00:00:00Z');
const day = (date) => date.toISOString().slice(5, 10);
const cronos = (cron, count) => CronosExpression.parse(cron, { timezone: 'UTC' }).nextNDates(from, count).map(day).join(' ');
const seen = {
  croner: new Cron('0 0 31W * *', { timezone: 'UTC' }).nextRuns(5, from).map(day).join(' '),
  cronosjs: cronos('0 0 31W * *', 5),
  croniter: require('fs').readFileSync('croniter', 'utf8').trim(),
  february: [new Cron('0 0 30W 2 *', { timezone: 'UTC' }).nextRun(from), cronos('0 0 30W 2 *', 2)],
  cronstrue: require('cronstrue').toString('0 0 31W * *'),
};
console.log(seen);
assert.deepStrictEqual(seen, {
  croner: '01-29 03-31 05-31 07-30 08-31',
  cronosjs: '01-29 02-26 03-31 04-30 05-31',
  croniter: '01-29 02-26 03-31 04-30 05-31',
  february: [null, '02-26 02-29'],
  cronstrue: 'At 12:00 AM, on the weekday nearest day 31 of the month',
});
JS
node run.cjs
