const { test } = require('node:test');
const { silenceRaisesAnAlarm } = require('./harness.cjs');

test('silence raises an alarm', silenceRaisesAnAlarm);
