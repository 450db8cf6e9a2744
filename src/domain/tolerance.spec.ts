import { withTolerance } from './tolerance';

describe('withTolerance', () => {
  it.each([
    [{ ms: 0 }, 10_000],
    [{ ms: 1_500 }, 11_500],
    [{ percent: 0 }, 10_000],
    [{ percent: 7.5 }, 10_750],
    [{ percent: 100 }, 20_000],
  ])('adds %j', (tolerance, expected) => {
    expect(withTolerance(10_000, tolerance)).toBe(expected);
  });

  it('gives whole milliseconds', () => {
    expect(withTolerance(1_000, { percent: 0.13 })).toBe(1_001);
  });
});
