#!/usr/bin/env bash
# Good guess: a whole number in a message header comes back as it went, since AMQP has integers of 64 bits and JavaScript is exact
#   up to 2^53.
# What happens: @cloudamqp/amqp-client writes what lies between 2^31 and 2^32, on both sides of zero, into 32 bits with a sign:
#   3000000000 bytes are -1294967296 for every reader. Smaller and larger numbers are right, so a test with 1 or with Date.now()
#   shows nothing.
# Seen with: @cloudamqp/amqp-client 4.1.1, Node 20; read by pamqp 4.0.1 (which aio-pika uses), Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @cloudamqp/amqp-client@4.1.1
python_packages pamqp==4.0.1
cat >write.mjs <<'JS'
import { AMQPView } from '@cloudamqp/amqp-client/amqp-view';
const view = new AMQPView(new ArrayBuffer(4096));
const values = [2147483647, 2147483648, 3000000000, -3000000000, 4294967295, 4294967296, 1796010554413];
const length = view.setTable(0, { values });
process.stdout.write(Buffer.from(view.buffer, 0, length).toString('hex'));
JS
cat >read.py <<'PY'
import sys
from pamqp import decode
_, table = decode.field_table(bytes.fromhex(sys.stdin.read()))
print(table)
assert table['values'] == [2147483647, -2147483648, -1294967296, 1294967296, -1, 4294967296, 1796010554413]
PY
node write.mjs | python read.py
