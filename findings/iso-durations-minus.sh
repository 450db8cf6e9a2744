#!/usr/bin/env bash
# Good guess: a minus before an ISO 8601 duration (-PT90M, as Temporal and xsd:duration write it) is kept by what reads it, or refused.
# What happens: dayjs and iso8601-duration take the text and drop the minus, so 90 minutes ago is in 90 minutes. dayjs writes
#   negative durations in this very form and does not read its own back. luxon, tinyduration, isodate and Temporal keep it;
#   aniso8601 refuses it.
# Seen with: dayjs 1.11.23, iso8601-duration 2.1.4, luxon 3.7.2, tinyduration 3.4.1, temporal-polyfill 1.0.8, Node 20;
#   isodate 0.7.2, aniso8601 10.0.1, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages dayjs@1.11.23 iso8601-duration@2.1.4 luxon@3.7.2 tinyduration@3.4.1 temporal-polyfill@1.0.8
python_packages isodate==0.7.2 aniso8601==10.0.1
cat >run.mjs <<'JS'
import assert from 'assert';
import dayjs from 'dayjs';
import duration from 'dayjs/plugin/duration.js';
import * as iso from 'iso8601-duration';
import { Duration } from 'luxon';
import { Temporal } from 'temporal-polyfill';
import { parse } from 'tinyduration';
dayjs.extend(duration);
const text = '-PT90M';
const written = dayjs.duration(-90, 'minutes').toISOString();
const seen = {
  dayjs: dayjs.duration(text).asMinutes(),
  dayjsOfItsOwn: [written, dayjs.duration(written).asMinutes()],
  iso8601: iso.toSeconds(iso.parse(text)) / 60,
  luxon: Duration.fromISO(text).as('minutes'),
  temporal: Temporal.Duration.from(text).total('minutes'),
  tinyduration: parse(text),
};
console.log(seen);
assert.deepStrictEqual(seen, {
  dayjs: 90, dayjsOfItsOwn: ['-PT1H30M', 90], iso8601: 90, luxon: -90, temporal: -90, tinyduration: { negative: true, minutes: 90 },
});
JS
node run.mjs
python - <<'PY'
import aniso8601, isodate
seen = isodate.parse_duration('-PT90M').total_seconds() / 60
print('isodate', seen)
assert seen == -90
try:
    aniso8601.parse_duration('-PT90M')
    raise SystemExit('aniso8601 takes it')
except aniso8601.exceptions.ISOFormatError as error:
    print('aniso8601', error)
PY
