import { en } from './texts/en';
import { fr } from './texts/fr';
import { duration, formatsOf, inLargestUnit, intervalSeconds, intervalText } from './times';

describe('a duration', () => {
  it.each([
    [-5, '0 s'],
    [0.9, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3_599, '59 min'],
    [3_600, '1 h'],
    [5 * 3_600 + 660, '5 h 11 min'],
    [9 * 3_600 + 3_599, '9 h 59 min'],
    [10 * 3_600 + 660, '10 h'],
    [47 * 3_600, '47 h'],
    [2 * 86_400 + 3_600, '2 d'],
  ])('of %d s is %j', (seconds, text) => {
    expect(duration(seconds, en)).toBe(text);
  });

  it('has the units of the language', () => {
    expect(duration(3 * 86_400, fr)).toBe('3 j');
  });
});

describe('an interval', () => {
  it.each([
    ['90s', '90 s'],
    ['60s', '1 min'],
    ['3600s', '1 h'],
    ['36h', '36 h'],
    ['720h', '30 d'],
    ['10 parsecs', '10 parsecs'],
  ])('%j is shown as %j', (interval, text) => {
    expect(intervalText(interval, en)).toBe(text);
  });

  it.each(['', '0s', '10', '1.5h', ' 5m', '5m\n', '5M'])('is not %j', (text) => {
    expect(intervalSeconds(text)).toBeUndefined();
  });

  it('comes back into the editor in its largest exact unit', () => {
    expect([90, 600, 7_200].map(inLargestUnit)).toEqual([
      [90, 's'],
      [10, 'm'],
      [2, 'h'],
    ]);
  });
});

describe('numbers and times', () => {
  const noon = new Date(2026, 10, 28, 12, 1, 4).getTime() / 1_000;

  it('are written as the language does', () => {
    expect(formatsOf('en').number(10_001)).toBe('10,001');
    expect(formatsOf('fr').number(10_001)).toMatch(/^10\s001$/);
  });

  it('of today leave the date out', () => {
    const { time, clock, exact } = formatsOf('en');
    expect([time(noon, noon + 60), clock(noon, noon + 60)]).toEqual(['12:01', '12:01:04']);
    expect(time(noon, noon + 86_400)).toContain('28 Nov');
    expect(exact(noon)).toMatch(/28 Nov 2026.*12:01:04/);
  });
});
