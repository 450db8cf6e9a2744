const { silenceRaisesAnAlarm } = require('./harness.cjs');

test('silence raises an alarm', silenceRaisesAnAlarm, 30_000);
