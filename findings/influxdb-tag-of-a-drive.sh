#!/usr/bin/env bash
# Good guess: the client of InfluxDB escapes what a tag's value has in it, so that a tag disk=C:\ is read back as C:\.
# What happens: a backslash at the end stays as it is, and escapes the comma after it: the tag host is then a part of the one
#   before, and the line is refused. Python's client puts a space behind the backslash: that line is read, with the value "C: ", a
#   space instead of the backslash. C:\data is right with both.
# Seen with: @influxdata/influxdb-client 1.35.0, Node 20; influxdb-client 1.50.0, read by line-protocol-parser 2.0.1, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @influxdata/influxdb-client@1.35.0
python_packages influxdb-client==1.50.0 line-protocol-parser==2.0.1
cat >run.mjs <<'JS'
import { Point } from '@influxdata/influxdb-client';
const line = (disk) => new Point('disk').tag('disk', disk).tag('host', 'pc1').floatField('free', 1).timestamp(5).toLineProtocol();
console.log(JSON.stringify([line('C:\\'), line('C:\\data')]));
JS
cat >run.py <<'PY'
import json, sys
from influxdb_client import Point
from line_protocol_parser import LineFormatError, parse_line
def line(disk):
    return Point('disk').tag('disk', disk).tag('host', 'pc1').field('free', 1.0).time(5).to_line_protocol()
def read(text):
    try:
        return parse_line(text)['tags']
    except LineFormatError as error:
        return str(error)
lines = [json.load(sys.stdin), [line('C:\\'), line('C:\\data')]]
tags = [[read(text) for text in texts] for texts in lines]
print(lines, tags)
assert lines[0][0] == r'disk,disk=C:\,host=pc1 free=1 5'
folder = {'disk': r'C:\data', 'host': 'pc1'}
assert tags == [['Failed to parse value of tag.', folder], [{'disk': 'C: ', 'host': 'pc1'}, folder]]
PY
node run.mjs | python run.py
