#!/usr/bin/env bash
# Good guess: a year is 365 or 365.25 days wherever 1y may be written for a length of time.
# What happens: humanfriendly takes 52 weeks, 364 days, and prints 365 days as "1 year and 1 day". With ms (365.25 days) and
#   durationpy (365) three readers of one setting are up to 30 hours apart.
# Seen with: humanfriendly 10.0, durationpy 0.11, Python 3.11; ms 2.1.3, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages ms@2.1.3
python_packages humanfriendly==10.0 durationpy==0.11
node -e 'console.log(require("ms")("1y") / 86400000)' >ms
python - <<'PY'
import durationpy, humanfriendly
seen = {
    'humanfriendly': humanfriendly.parse_timespan('1y') / 86400,
    'durationpy': durationpy.from_str('1y').total_seconds() / 86400,
    'ms': float(open('ms').read()),
    'text': humanfriendly.format_timespan(365 * 86400),
}
print(seen)
assert seen == {'humanfriendly': 364, 'durationpy': 365, 'ms': 365.25, 'text': '1 year and 1 day'}
PY
