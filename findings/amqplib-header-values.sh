#!/usr/bin/env bash
# Good guess: a Date in the headers of a message becomes AMQP's timestamp, as with Python's clients, or is refused like a bigint;
#   and decimals go both ways.
# What happens: amqplib writes a Date as an empty table, {}, without a word (so too a Map; a Uint8Array that is no Buffer becomes a
#   table of its indices). A negative decimal, which pika writes as AMQP has it, is read as 4294967281 hundredths, and cannot be
#   written.
# Seen with: amqplib 2.3.1, Node 20; pika 1.4.4, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages amqplib@2.3.1
python_packages pika==1.4.4
python - <<'PY'
import datetime, decimal, pika.data
pieces = []
pika.data.encode_table(pieces, {'at': datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc), 'balance': decimal.Decimal('-0.15')})
open('table', 'wb').write(b''.join(pieces))
PY
cat >run.cjs <<'JS'
const assert = require('assert');
const { decodeFields, encodeTable } = require(require('path').resolve('node_modules/amqplib/lib/codec.js'));
const write = (headers) => {
  const table = Buffer.alloc(200);
  return table.subarray(4, encodeTable(table, headers, 0));
};
const own = decodeFields(write({ at: new Date('2027-01-01T00:00:00Z'), map: new Map([['a', 1]]), bytes: new Uint8Array([7]) }));
const ofPika = decodeFields(require('fs').readFileSync('table').subarray(4));
console.log('own:', own, 'of pika:', ofPika);
assert.deepStrictEqual({ ...own }, { at: {}, map: {}, bytes: { 0: 7 } });
assert.deepStrictEqual({ ...ofPika }, {
  at: { '!': 'timestamp', value: 1798761600 },
  balance: { '!': 'decimal', value: { places: 2, digits: 4294967281 } },
});
assert.throws(() => write({ balance: { '!': 'decimal', value: { places: 2, digits: -15 } } }), RangeError);
JS
node run.cjs
