#!/usr/bin/env bash
# Good guess: CronTrigger.from_crontab takes a line of a crontab as cron does: 0 and 7 are Sunday, 5 is Friday, and with a day of
#   the month and a day of the week given either is enough.
# What happens: its days count from Monday. "0 0 * * 0" runs on Mondays, "0 9 * * 1-5" from Tuesday to Saturday, 7 is refused, and
#   "0 0 13 * 5" runs on Saturdays that are the 13th. Names of days are right. cronsim, of Healthchecks, is as cron.
# Seen with: APScheduler 3.11.3, cronsim 2.8, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
python_packages APScheduler==3.11.3 cronsim==2.8
cat >run.py <<'PY'
import datetime
from apscheduler.triggers.cron import CronTrigger
from cronsim import CronSim
start = datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.timezone.utc)
def apscheduler(line):
    trigger, dates = CronTrigger.from_crontab(line, timezone='UTC'), [start]
    while len(dates) < 6:
        dates.append(trigger.get_next_fire_time(dates[-1], dates[-1] + datetime.timedelta(seconds=1)))
    return ' '.join(date.strftime('%a%d') for date in dates[1:])
def cronsim(line):
    dates = CronSim(line, start)
    return ' '.join(next(dates).strftime('%a%d') for _ in range(5))
seen = {line: (apscheduler(line), cronsim(line)) for line in ('0 0 * * 0', '0 9 * * 1-5', '0 9 * * mon-fri', '0 0 13 * 5')}
for line, both in seen.items():
    print(line, '| APScheduler', both[0], '| cronsim', both[1])
assert seen == {
    '0 0 * * 0': ('Mon04 Mon11 Mon18 Mon25 Mon01', 'Sun03 Sun10 Sun17 Sun24 Sun31'),
    '0 9 * * 1-5': ('Sat02 Tue05 Wed06 Thu07 Fri08', 'Mon04 Tue05 Wed06 Thu07 Fri08'),
    '0 9 * * mon-fri': ('Mon04 Tue05 Wed06 Thu07 Fri08',) * 2,
    '0 0 13 * 5': ('Sat13 Sat13 Sat13 Sat13 Sat13', 'Fri08 Wed13 Fri15 Fri22 Fri29'),
}
try:
    CronTrigger.from_crontab('0 0 * * 7')
    raise SystemExit('7 is taken')
except ValueError as error:
    print(error)
PY
python run.py
