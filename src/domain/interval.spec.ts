import fc from 'fast-check';
import { MAX_INTERVAL_SECONDS, intervalSeconds } from './interval';

describe('intervalSeconds', () => {
  it.each([
    ['1s', 1],
    ['10s', 10],
    ['1m', 60],
    ['90m', 5_400],
    ['1h', 3_600],
    ['0010s', 10],
    [`${'0'.repeat(1000)}1h`, 3_600],
    ['87600h', MAX_INTERVAL_SECONDS],
    ['5256000m', MAX_INTERVAL_SECONDS],
    ['315360000s', MAX_INTERVAL_SECONDS],
  ])('reads %s as %i seconds', (text, seconds) => expect(intervalSeconds(text)).toBe(seconds));

  it.each([
    ...[
      '',
      's',
      '10',
      '0s',
      '00h',
      '-1s',
      '+1s',
      '1.5s',
      '1e3s',
      ' 1s',
      '1s ',
      '1s\n',
      '1S',
      '1d',
      '1ms',
      '1s1s',
    ],
    ...['١s', '１s', '315360001s', '5256001m', '87601h', `${'9'.repeat(400)}s`, '9007199254740992s'],
    ...[undefined, null, 10, ['1s'], { toString: (): string => '1s' }],
  ])('knows no interval %j', (text) => expect(intervalSeconds(text)).toBeUndefined());

  it('knows an interval in any text exactly if it is a number and a unit, above 0 and within ten years', () => {
    const units = { s: 1, m: 60, h: 3600 };
    fc.assert(
      fc.property(
        fc.nat(400_000_000),
        fc.constantFrom('s' as const, 'm' as const, 'h' as const),
        (number, unit) => {
          const seconds = number * units[unit];
          const valid = seconds >= 1 && seconds <= MAX_INTERVAL_SECONDS;
          expect(intervalSeconds(`${number}${unit}`)).toBe(valid ? seconds : undefined);
        },
      ),
    );
  });
});
