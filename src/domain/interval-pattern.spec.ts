import fc from 'fast-check';
import { MAX_INTERVAL_SECONDS, UNIT_SECONDS, intervalSeconds } from './interval';
import { intervalPattern } from './interval-pattern';

describe('the pattern of intervals', () => {
  const pattern = new RegExp(intervalPattern());
  const agrees = (text: string): void =>
    expect([text, pattern.test(text)]).toEqual([text, intervalSeconds(text) !== undefined]);

  it('takes what is an interval, up to the last one', () => {
    for (const [unit, seconds] of Object.entries(UNIT_SECONDS)) {
      const last = MAX_INTERVAL_SECONDS / seconds;
      for (const count of [0, 1, 9, 10, last - 1, last, last + 1, last * 10]) {
        agrees(`${count}${unit}`);
        agrees(`000${count}${unit}`);
      }
    }
  });

  it('agrees with the reader of intervals on any number', () => {
    const counts = fc.oneof(fc.nat(400_000_000), fc.nat(6_000_000), fc.nat(100_000));
    const unit = fc.constantFrom('s', 'm', 'h', 'd', '');
    fc.assert(
      fc.property(counts, unit, (count, after) => agrees(`${count}${after}`)),
      { numRuns: 2_000 },
    );
  });

  it.each(['', 's', '-1s', '1.5s', ' 1s', '1s\n', '1S', '1e3s', '١s'])('refuses %j', (text) => {
    expect(pattern.test(text)).toBe(false);
  });
});
