#!/usr/bin/env bash
# Good guess: what durationpy.to_str writes, Go's form of a duration, is read by its own from_str as the same time.
# What happens: with an hour or a minute and less than 100 microseconds, the rest is in exponents: "1h1e-06s", which from_str
#   refuses. 1.000001 seconds are written as "1s". Times that are measured have such rests now and then.
# Seen with: durationpy 0.11, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
python_packages durationpy==0.11
cat >run.py <<'PY'
from datetime import timedelta
import durationpy
times = [timedelta(hours=1, microseconds=1), timedelta(minutes=1, microseconds=50), timedelta(seconds=1, microseconds=1),
         timedelta(minutes=1, microseconds=100)]
def read(text):
    try:
        return durationpy.from_str(text)
    except durationpy.DurationError as error:
        return type(error).__name__
texts = [durationpy.to_str(time) for time in times]
back = [read(text) for text in texts]
print(texts, back)
assert texts == ['1h1e-06s', '1m5e-05s', '1s', '1m0.0001s']
assert back == ['DurationError', 'DurationError', timedelta(seconds=1), times[3]]
PY
python run.py
