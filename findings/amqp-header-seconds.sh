#!/usr/bin/env bash
# Good guess: a number with a fraction in a message header is a double, as floats are in Python and JavaScript: a time.time() keeps
#   its milliseconds, and 0.1 is 0.1.
# What happens: aio-pika and @cloudamqp/amqp-client both write four bytes. Seconds since 1970 then come in steps of 128: sent
#   1796010554.413, read 1796010496, almost a minute before, and a time half a minute earlier reads the same. 0.1 is
#   0.10000000149011612. Whole numbers are not affected.
# Seen with: aio-pika 10.2.1 with pamqp 4.0.1, Python 3.11; @cloudamqp/amqp-client 4.1.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @cloudamqp/amqp-client@4.1.1
python_packages aio-pika==10.2.1 pamqp==4.0.1
cat >run.mjs <<'JS'
import { AMQPView } from '@cloudamqp/amqp-client/amqp-view';
const view = new AMQPView(new ArrayBuffer(4096));
view.setTable(0, { at: 1796010554.413, later: 1796010524.9, share: 0.1 });
console.log(JSON.stringify(view.getTable(0)[0]));
JS
node run.mjs >of-node
cat >run.py <<'PY'
import json
import aio_pika
from pamqp import decode
sent = {'at': 1796010554.413, 'later': 1796010524.9, 'share': 0.1}
written = aio_pika.Message(b'', headers=sent).properties.marshal()
_, table = decode.field_table(written[2:])  # behind the two bytes that say which properties follow
of_node = json.load(open('of-node'))
print('sent', sent, '| aio-pika', table, '| amqp-client', of_node)
assert table == of_node == {'at': 1796010496, 'later': 1796010496, 'share': 0.10000000149011612}
PY
python run.py
