#!/usr/bin/env bash
# Good guess: in an ISO 8601 interval with a start, P1M is a month from there: R13/2027-01-01/P1M is the first of each month, and
#   2028-01-01/P1Y ends at New Year.
# What happens: aniso8601 counts 30 and 365 days. "Monthly" is 1 January, 31 January, 2 March, … and by the end of the year five
#   days early; the year 2028 ends on 31 December. isodate adds months and years by the calendar.
# Seen with: aniso8601 10.0.1, isodate 0.7.2, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
python_packages aniso8601==10.0.1 isodate==0.7.2
cat >run.py <<'PY'
import datetime
import aniso8601, isodate
monthly = [str(day) for day in aniso8601.parse_repeating_interval('R13/2027-01-01/P1M')]
year = str(aniso8601.parse_interval('2028-01-01/P1Y')[1])
first = datetime.date(2027, 1, 1)
by_isodate = [str(first + isodate.parse_duration(f'P{months}M')) for months in (1, 2, 12)]
print(monthly, year, '| isodate', by_isodate)
assert monthly[:4] + monthly[-1:] == ['2027-01-01', '2027-01-31', '2027-03-02', '2027-04-01', '2027-12-27']
assert year == '2028-12-31'
assert by_isodate == ['2027-02-01', '2027-03-01', '2028-01-01']
PY
python run.py
