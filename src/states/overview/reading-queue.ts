import { DatabaseError } from '../../canopsis/canopsis-error';
import { RequestCoalescer } from '../../util/request-coalescer';
import { TimeoutError, withTimeout } from '../../util/timeout';

/** Does one reading at a time, in the order in which they were asked for; and one that many may wait for. */
export class ReadingQueue {
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private readonly refreshing: RequestCoalescer<undefined, undefined>;

  /** @param refresh the reading that is shared */
  constructor(refresh: () => Promise<void>) {
    this.refreshing = new RequestCoalescer(
      async (requests) => {
        await this.add(refresh);
        return requests.map(() => undefined);
      },
      { maxInFlight: 1, maxBatchSize: Infinity, timeoutMs: 10_000 },
    );
  }

  /** Whether a reading is under way, or waits. */
  get busy(): boolean {
    return this.waiting > 0;
  }

  /** Does a reading when its turn comes. */
  add<T>(reading: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const mine = this.turn.then(reading).finally(() => (this.waiting -= 1));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /**
   * Resolves when the shared reading was done, from its beginning to its end, after the call.
   * @throws DatabaseError where it failed, or takes longer than 10 s
   */
  async refreshed(): Promise<void> {
    await this.refreshing.run(undefined).catch(asDatabaseError);
  }
}

/** @returns what this reading gives. @throws DatabaseError where it takes longer */
export const inTime = <T>(limitMs: number, reading: Promise<T>): Promise<T> =>
  withTimeout(limitMs, reading).catch(asDatabaseError);

/** What is waited for is always the database. */
function asDatabaseError(error: unknown): never {
  throw error instanceof TimeoutError ? new DatabaseError(error) : error;
}
