import { Inject, Injectable, Optional } from '@nestjs/common';
import { tooManyRequests } from '../canopsis/canopsis-error';
import { TokenBuckets } from './token-buckets';

/** Injection token of {@link RateLimitOptions}; nothing needs to provide it. */
export const RATE_LIMIT_OPTIONS = Symbol('RATE_LIMIT_OPTIONS');

/** How much each user may do; absent: as much as they like. */
export interface RateLimitOptions {
  /** Creations, changes and removals of heartbeats a second. */
  readonly writesPerSecond?: number;
  /** Events a second, those of one request counted one by one. */
  readonly eventsPerSecond?: number;
  /** Milliseconds from any fixed moment. By default a clock that no change of the wall clock disturbs. */
  readonly now?: () => number;
}

/** Limits what each user may do in a second; what two seconds allow may come at once. */
@Injectable()
export class RateLimits {
  private readonly ofWrites?: TokenBuckets;
  private readonly ofEvents?: TokenBuckets;

  constructor(@Optional() @Inject(RATE_LIMIT_OPTIONS) options: RateLimitOptions = {}) {
    const { writesPerSecond, eventsPerSecond, now = () => performance.now() } = options;
    if (writesPerSecond !== undefined) this.ofWrites = new TokenBuckets(writesPerSecond, now);
    if (eventsPerSecond !== undefined) this.ofEvents = new TokenBuckets(eventsPerSecond, now);
  }

  /** @throws CanopsisError 429 `too many requests, try again later.` */
  write(user: string, count = 1): void {
    refuseFor(this.ofWrites?.take(user, count));
  }

  /** @throws CanopsisError 429 `too many requests, try again later.` */
  events(user: string, count: number): void {
    // A request without events costs as much as one with one.
    refuseFor(this.ofEvents?.take(user, Math.max(1, count)));
  }
}

function refuseFor(waitMs = 0): void {
  if (waitMs > 0) throw tooManyRequests(waitMs);
}
