import { CappedMap } from '../util/capped-map';

/** How many buckets are kept at most; the one that was used longest ago is forgotten first, and so is full again. */
const CAPACITY = 10_000;
/** A bucket holds what this many seconds bring. */
const BURST_SECONDS = 2;

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets, one for each key: so many tokens a second, and at most what two seconds bring. */
export class TokenBuckets {
  /** In the order of use. */
  private readonly buckets = new CappedMap<string, Bucket>(CAPACITY);
  private readonly size: number;

  /**
   * @param perSecond tokens, more than 0
   * @param now milliseconds from any fixed moment
   */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.size = Math.max(1, perSecond * BURST_SECONDS);
  }

  /**
   * Takes tokens. One must be there; the others may be owed, so that what costs more than a bucket holds is possible at all,
   * and is waited for afterwards.
   *
   * @returns the milliseconds until there is a token; 0: they were taken
   */
  take(key: string, tokens = 1): number {
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: this.size, at: now };
    bucket.tokens = Math.min(this.size, bucket.tokens + ((now - bucket.at) / 1_000) * this.perSecond);
    bucket.at = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return ((1 - bucket.tokens) / this.perSecond) * 1_000;
    bucket.tokens -= tokens;
    return 0;
  }
}
