#!/usr/bin/env bash
# Good guess: a number with a fraction in the headers of a message written by amqplib is read as the same float in Python.
# What happens: pika reads both of AMQP's floating types and cuts off the fraction: 1.5 is 1, a share of 0.97 is 0, silently; NaN
#   raises while reading. It cannot write a float at all. pamqp (of aiormq and aio-pika) reads 1.5.
# Seen with: amqplib 2.3.1, Node 20; pika 1.4.4, pamqp 4.0.1, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages amqplib@2.3.1
python_packages pika==1.4.4 pamqp==4.0.1
cat >run.cjs <<'JS'
const { encodeTable } = require(require('path').resolve('node_modules/amqplib/lib/codec.js'));
const table = Buffer.alloc(100);
const end = encodeTable(table, { load: 1.5, share: 0.97, single: { '!': 'float', value: 2.5 } }, 0);
require('fs').writeFileSync('table', table.subarray(0, end));
JS
node run.cjs
python - <<'PY'
import pamqp.decode, pika.data, pika.exceptions
table = open('table', 'rb').read()
seen = {'pika': pika.data.decode_table(table, 0)[0], 'pamqp': pamqp.decode.field_table(table)[1]}
print(seen)
assert seen == {'pika': {'load': 1, 'share': 0, 'single': 2}, 'pamqp': {'load': 1.5, 'share': 0.97, 'single': 2.5}}
try:
    pika.data.encode_table([], {'load': 1.5})
    raise SystemExit('pika writes floats')
except pika.exceptions.UnsupportedAMQPFieldException as error:
    print('pika, writing:', error)
PY
