import { Logger } from '@nestjs/common';
import { mongo } from 'mongoose';
import { DatabaseError } from '../canopsis/canopsis-error';
import { errorText } from '../util/error-text';
import { Throttle } from '../util/throttle';
import { withTimeout } from '../util/timeout';
import { isDuplicateKey } from './duplicate-key';
import { REQUEST_TIMEOUT_MS, STREAM_TIMEOUT_MS } from './timeouts';

/** A lost database fails every request: one line a second says it as well as thousands, and the same one a minute. */
const LOG_EVERY_MS = 1_000;
const REPEAT_EVERY_MS = 60_000;

/** What must have been done before the database may be asked. */
export interface Gate {
  readonly isOpen: boolean;
  /** Resolves when it is open. */
  open(): Promise<void>;
}

/**
 * What each call of a request to the database goes through: it waits for the gate, has one time limit for both, says
 * `DatabaseError` for all that goes wrong, and tells the log.
 */
export class CallGuard {
  private readonly logger = new Logger('Database');
  private readonly throttle = new Throttle(LOG_EVERY_MS, REPEAT_EVERY_MS);

  constructor(private readonly gate: Gate) {}

  /**
   * Runs an operation of the driver. One that reads is to be given `READ_OPTIONS`.
   * @throws DatabaseError when the database is away, slow or refuses; a duplicate key is the driver's own error
   */
  run<T>(operation: () => Promise<T>): Promise<T> {
    return this.translating(async () => {
      const began = performance.now();
      // Not in one go: what nobody waits for any more must not be begun, least of all where it writes.
      await this.opened();
      return withTimeout(REQUEST_TIMEOUT_MS - (performance.now() - began), operation());
    });
  }

  /**
   * Reads all that a query finds.
   * @param find a query with `raw`: documents are decoded here, for which the driver takes twice the time, since it copies the query's
   * options for each
   * @param maxTimeMS how long the database may work on it altogether; more where the list may be long
   * @param decode what makes a document of its bytes
   * @throws DatabaseError as {@link run}
   */
  async readAll<T>(
    find: () => mongo.FindCursor<Buffer>,
    maxTimeMS = REQUEST_TIMEOUT_MS,
    decode: (bytes: Buffer) => T = (bytes) => mongo.BSON.deserialize(bytes) as T,
  ): Promise<T[]> {
    const found: T[] = [];
    for await (const batch of this.batches(find, REQUEST_TIMEOUT_MS, maxTimeMS))
      for (const bytes of batch) found.push(decode(bytes));
    return found;
  }

  /**
   * Gives all that a query finds, a batch of the cursor at a time. A long list may take its time; what is bounded is each
   * batch of it, and the work of the database on all of them.
   * @param timeoutMs how long the first batch may take, in milliseconds
   * @param maxTimeMS how long the database may work on it altogether
   * @throws DatabaseError as {@link run}
   */
  async *batches<T>(
    find: () => mongo.FindCursor<T>,
    timeoutMs = REQUEST_TIMEOUT_MS,
    maxTimeMS = STREAM_TIMEOUT_MS,
  ): AsyncGenerator<T[], void> {
    const began = performance.now();
    const cursor = await this.translating(async () => {
      await this.opened();
      return find().maxTimeMS(maxTimeMS);
    });
    let remainingMs = timeoutMs - (performance.now() - began);
    const next = (): Promise<boolean> => withTimeout(remainingMs, cursor.hasNext());
    try {
      while (await this.translating(next)) {
        yield cursor.readBufferedDocuments();
        remainingMs = STREAM_TIMEOUT_MS;
      }
    } finally {
      cursor.close().catch(() => undefined);
    }
  }

  private async opened(): Promise<void> {
    if (!this.gate.isOpen) await withTimeout(REQUEST_TIMEOUT_MS, this.gate.open());
  }

  private async translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DatabaseError || isDuplicateKey(error)) throw error;
      this.throttle.run(errorText(error), (text) => this.logger.warn(`database error: ${text}`));
      throw new DatabaseError(error);
    }
  }
}
