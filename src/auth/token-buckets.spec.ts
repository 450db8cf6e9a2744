import { TokenBuckets } from './token-buckets';

describe('TokenBuckets', () => {
  let time: number;
  beforeEach(() => {
    time = 5_000;
  });
  const bucketsOf = (perSecond: number): TokenBuckets => new TokenBuckets(perSecond, () => time);
  const takeMany = (buckets: TokenBuckets, times: number): number =>
    Array.from({ length: times }, () => buckets.take('a')).filter((wait) => wait === 0).length;

  it('gives at once what two seconds bring, and then so many a second', () => {
    const buckets = bucketsOf(10);
    expect(takeMany(buckets, 100)).toBe(20);
    expect(buckets.take('a')).toBeCloseTo(100);
    time += 500;
    expect(takeMany(buckets, 100)).toBe(5);
    time += 60_000;
    expect(takeMany(buckets, 100)).toBe(20);
  });

  it('keeps one user’s apart from another’s', () => {
    const buckets = bucketsOf(1);
    takeMany(buckets, 3);
    expect([buckets.take('a') > 0, buckets.take('b')]).toEqual([true, 0]);
  });

  it('gives more than it holds, once, and has it paid back', () => {
    const buckets = bucketsOf(10);
    expect(buckets.take('a', 120)).toBe(0);
    expect(buckets.take('a')).toBeCloseTo(10_100);
    time += 10_000;
    expect(buckets.take('a')).toBeCloseTo(100);
    time += 100;
    expect(buckets.take('a')).toBe(0);
  });

  it('takes nothing where it refuses', () => {
    const buckets = bucketsOf(1);
    takeMany(buckets, 1_000);
    time += 1_000;
    expect(takeMany(buckets, 10)).toBe(1);
  });

  it('keeps 10,000 buckets at most', () => {
    const buckets = bucketsOf(1);
    takeMany(buckets, 3);
    for (let n = 0; n < 10_000; n += 1) buckets.take(`user${n}`);
    expect(buckets.take('a')).toBe(0);
  });
});
