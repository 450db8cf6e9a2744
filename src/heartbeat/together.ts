import { LateError, within } from '../time/within';

/** One caller that waits for its turn. */
interface Waiting<T, R> {
  readonly item: T;
  /** When its caller stops waiting, on the monotonic clock. */
  readonly until: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds of a {@link Together}. */
export interface TogetherLimits {
  /** Trips under way at once. */
  readonly trips: number;
  /** Items on one trip. */
  readonly items: number;
  /** How long a caller waits, and a trip may take, in milliseconds: an item that is older is not sent any more. */
  readonly patienceMs: number;
}

/**
 * Lets callers who wait at the same moment share a round trip. While fewer trips than allowed are under way, an item is sent
 * at once, alone; those that come meanwhile go together on the next one. So nobody waits for company, and the busier it is,
 * the less each costs.
 */
export class Together<T, R> {
  private readonly waiting: Waiting<T, R>[] = [];
  private underWay = 0;

  /** @param trip does the work for some items, and gives their results in the same order */
  constructor(
    private readonly trip: (items: T[]) => Promise<readonly R[]>,
    private readonly limits: TogetherLimits,
  ) {}

  /** @returns the item's result; rejects with what its trip rejected with, or with LateError where that took too long */
  run(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      const until = performance.now() + this.limits.patienceMs;
      this.waiting.push({ item, until, resolve, reject });
      this.depart();
    });
  }

  private depart(): void {
    if (this.underWay >= this.limits.trips || this.waiting.length === 0) return;
    const now = performance.now();
    const next = this.waiting.splice(0, this.limits.items);
    for (const { reject } of next.filter(({ until }) => until <= now))
      reject(new LateError('waited too long'));
    const travellers = next.filter(({ until }) => until > now);
    if (travellers.length === 0) return this.depart();
    this.underWay += 1;
    void this.travel(travellers).finally(() => {
      this.underWay -= 1;
      this.depart();
    });
  }

  private async travel(travellers: readonly Waiting<T, R>[]): Promise<void> {
    try {
      // A trip that never comes back must not keep those behind it.
      const results = await within(this.limits.patienceMs, this.trip(travellers.map(({ item }) => item)));
      travellers.forEach(({ resolve }, at) => resolve(results[at]));
    } catch (error) {
      for (const { reject } of travellers) reject(error);
    }
  }
}
