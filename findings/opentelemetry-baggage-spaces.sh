#!/usr/bin/env bash
# Good guess: baggage crosses from an OpenTelemetry service in Python to one in Node unchanged: both follow W3C Baggage, where a
#   space is %20 and a plus is a plus.
# What happens: Python writes and reads as HTML forms do. "main hall" arrives in Node as "main+hall"; a plus that a peer sends as it
#   may ("a=x+y") is a space in Python. Node to Python is right, since Node encodes the plus. Node drops an entry with an empty
#   value; Python keeps it.
# Seen with: opentelemetry-api 1.45.2, Python 3.11; @opentelemetry/core 2.12.1, @opentelemetry/api 1.9.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @opentelemetry/core@2.12.1 @opentelemetry/api@1.9.1
python_packages opentelemetry-api==1.45.2
cat >run.py <<'PY'
import json, sys
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
carrier = {}
W3CBaggagePropagator().inject(carrier, baggage.set_baggage('site', 'main hall'))
headers = [carrier['baggage'], 'site=x+y', 'site=,b=1']
print(json.dumps([[h, dict(baggage.get_all(W3CBaggagePropagator().extract({'baggage': h})))] for h in headers]))
PY
cat >run.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import { defaultTextMapGetter, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';
const read = (baggage) => {
  const entries = propagation.getBaggage(new W3CBaggagePropagator().extract(ROOT_CONTEXT, { baggage }, defaultTextMapGetter));
  return Object.fromEntries((entries?.getAllEntries() ?? []).map(([key, { value }]) => [key, value]));
};
const seen = JSON.parse(fs.readFileSync('of-python', 'utf8')).map(([header, python]) => ({ header, python, node: read(header) }));
console.log(seen);
assert.deepStrictEqual(seen, [
  { header: 'site=main+hall', python: { site: 'main hall' }, node: { site: 'main+hall' } },
  { header: 'site=x+y', python: { site: 'x y' }, node: { site: 'x+y' } },
  { header: 'site=,b=1', python: { site: '', b: '1' }, node: { b: '1' } },
]);
JS
python run.py >of-python && node run.mjs
