import { setImmediate } from 'node:timers';
import { TimeoutError, withTimeout } from './timeout';

/** One caller that waits for its turn. */
interface Waiting<T, R> {
  readonly item: T;
  /** When its caller stops waiting, on the monotonic clock. */
  readonly until: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds of a {@link RequestCoalescer}. */
export interface RequestCoalescerLimits<T> {
  /** Batches in flight at once. */
  readonly maxInFlight: number;
  /** Items on one batch. */
  readonly maxBatchSize: number;
  /** How much the items of one batch may weigh together, where there is more than one. Default: any. */
  readonly maxBatchWeight?: number;
  /** What an item weighs, in any unit. Default: nothing. */
  readonly weigh?: (item: T) => number;
  /** How long a caller waits, and a batch may take, in milliseconds: an item that is older is not sent any more. */
  readonly timeoutMs: number;
}

/**
 * Lets callers who wait at the same moment share a round trip. While fewer batches than allowed are in flight, those that came
 * in one turn of the event loop are sent together at its end: Node reads all sockets that have something in one turn, so that
 * nobody waits for company that is not there yet. Those that come while no more may be in flight go together on the next
 * one. The busier it is, the less each costs.
 */
export class RequestCoalescer<T, R> {
  private readonly waiting: Waiting<T, R>[] = [];
  private inFlight = 0;
  private isDue = false;

  /** @param batchCall does the work for some items, and gives their results in the same order */
  constructor(
    private readonly batchCall: (items: T[]) => Promise<readonly R[]>,
    private readonly limits: RequestCoalescerLimits<T>,
  ) {}

  /** @returns the item's result; rejects with what its batch rejected with, or with TimeoutError where that took too long */
  run(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      const until = performance.now() + this.limits.timeoutMs;
      this.waiting.push({ item, until, resolve, reject });
      this.dispatchSoon();
    });
  }

  private dispatchSoon(): void {
    if (this.isDue || this.inFlight >= this.limits.maxInFlight) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    if (this.inFlight >= this.limits.maxInFlight || this.waiting.length === 0) return;
    const now = performance.now();
    const next = this.waiting.splice(0, this.nextCount());
    for (const { reject } of next.filter(({ until }) => until <= now))
      reject(new TimeoutError('waited too long'));
    const batch = next.filter(({ until }) => until > now);
    if (batch.length > 0) {
      this.inFlight += 1;
      void this.send(batch).finally(() => {
        this.inFlight -= 1;
        if (this.waiting.length > 0) this.dispatchSoon();
      });
    }
    this.dispatch();
  }

  private nextCount(): number {
    const { maxBatchSize, maxBatchWeight = Infinity, weigh = () => 0 } = this.limits;
    let weight = 0;
    let count = 0;
    for (const { item } of this.waiting) {
      weight += weigh(item);
      if (count === maxBatchSize || (count > 0 && weight > maxBatchWeight)) break;
      count += 1;
    }
    return count;
  }

  private async send(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      // A batch that never comes back must not keep those behind it.
      const results = await withTimeout(this.limits.timeoutMs, this.batchCall(batch.map(({ item }) => item)));
      for (const [at, result] of results.entries()) batch[at]?.resolve(result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
