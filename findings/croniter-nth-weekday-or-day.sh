#!/usr/bin/env bash
# Good guess: a day of the month and a day of the week are joined by or, also where the latter is numbered: 1,15 with 1#1 is the 1st,
#   the 15th and the first Monday. croniter's day_or, which says so, is on by default.
# What happens: with # croniter leaves out the days of the month and gives the first Mondays only; for the 13th or the first Friday,
#   which never meet, it fails to find a date. Without # it is or. cronsim, croner, cron-parser and cronosjs have all days.
# Seen with: croniter 7.0.0, cronsim 2.8, Python 3.11; croner 11.0.1, cron-parser 5.10.6, cronosjs 1.7.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages croner@11.0.1 cron-parser@5.10.6 cronosjs@1.7.1
python_packages croniter==7.0.0 cronsim==2.8
cat >run.cjs <<'JS'
const assert = require('assert');
const { Cron } = require('croner');
const { CronExpressionParser } = require('cron-parser');
const { CronosExpression } = require('cronosjs');
const from = new Date('2027-01-01T00:00:00Z');
const day = (date) => date.toISOString().slice(5, 10);
for (const cron of ['0 0 1,15 * 1#1', '0 0 13 * 5#1']) {
  const dates = CronExpressionParser.parse(cron, { currentDate: from, tz: 'UTC' });
  const seen = {
    'cron-parser': Array.from({ length: 4 }, () => day(dates.next().toDate())).join(' '),
    croner: new Cron(cron, { timezone: 'UTC' }).nextRuns(4, from).map(day).join(' '),
    cronosjs: CronosExpression.parse(cron, { timezone: 'UTC' }).nextNDates(from, 4).map(day).join(' '),
  };
  console.log(cron, seen);
  const meant = cron.includes('1,15') ? '01-04 01-15 02-01 02-15' : '01-13 02-05 02-13 03-05';
  assert.deepStrictEqual(Object.values(seen), [meant, meant, meant]);
}
JS
node run.cjs
python - <<'PY'
from datetime import datetime
from itertools import islice
from croniter import croniter, CroniterBadDateError
from cronsim import CronSim
start = datetime(2027, 1, 1)
days = lambda dates: ' '.join(d.strftime('%m-%d') for d in islice(dates, 4))
def of_croniter(cron):
    dates = croniter(cron, start, ret_type=datetime)
    try:
        return days(dates.get_next() for _ in range(4))
    except CroniterBadDateError as error:
        return str(error)
seen = {cron: (of_croniter(cron), days(CronSim(cron, start))) for cron in ('0 0 1,15 * 1', '0 0 1,15 * 1#1', '0 0 13 * 5#1')}
for cron, (one, other) in seen.items():
    print(f'{cron}: croniter {one}, cronsim {other}')
assert seen == {
    '0 0 1,15 * 1': ('01-04 01-11 01-15 01-18',) * 2,
    '0 0 1,15 * 1#1': ('01-04 02-01 03-01 04-05', '01-04 01-15 02-01 02-15'),
    '0 0 13 * 5#1': ('failed to find next date', '01-13 02-05 02-13 03-05'),
}
PY
