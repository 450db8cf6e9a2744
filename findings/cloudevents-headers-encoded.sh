#!/usr/bin/env bash
# Good guess: two SDKs of CloudEvents agree over HTTP: a subject "disk sda is full" that Python sends in the header ce-subject is
#   read as such in JavaScript, and back.
# What happens: the binary mode asks for percent-encoding of spaces, quotes and what is not ASCII. Python's SDK does so;
#   JavaScript's does not decode: its subject is "disk%20sda%20is%20full". The other way it does not encode: "100%25 of quota"
#   becomes "100% of quota", and a subject with a letter beyond Latin-1 cannot be sent at all. A true is "True", a string.
# Seen with: cloudevents 2.2.0 (Python), Python 3.11; cloudevents 10.0.0 (npm), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages cloudevents@10.0.0
python_packages cloudevents==2.2.0
cat >write.py <<'PY'
import json
from cloudevents.core.bindings.http import to_binary_event
from cloudevents.core.v1.event import CloudEvent
event = CloudEvent({'type': 't', 'source': 's', 'id': '1', 'specversion': '1.0', 'subject': 'disk sda is full', 'late': True}, {'a': 1})
print(json.dumps(to_binary_event(event).headers))
PY
cat >run.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import cloudevents from 'cloudevents';
const { CloudEvent, HTTP } = cloudevents;
const { subject, late } = HTTP.toEvent({ headers: JSON.parse(fs.readFileSync('of-python', 'utf8')), body: '{"a":1}' });
console.log({ subject, late });
assert.deepStrictEqual({ subject, late }, { subject: 'disk%20sda%20is%20full', late: 'True' });
const headers = (subject) => HTTP.binary(new CloudEvent({ type: 't', source: 's', id: '1', subject, data: {} })).headers;
fs.writeFileSync('of-node', JSON.stringify(headers('100%25 of quota')));
assert.throws(() => new Headers(headers('Łódź')), TypeError);
JS
cat >read.py <<'PY'
import json
from cloudevents.core.bindings.http import HTTPMessage, from_binary_event
event = from_binary_event(HTTPMessage(headers=json.load(open('of-node')), body=b'{}'))
print(event.get_subject())
assert event.get_subject() == '100% of quota'
PY
python write.py >of-python && node run.mjs && python read.py
