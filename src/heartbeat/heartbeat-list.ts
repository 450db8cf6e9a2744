import { Inject, Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { CallGuard } from '../database/call-guard';
import { REQUEST_TIMEOUT_MS, STREAM_TIMEOUT_MS } from '../database/timeouts';
import type { Dialect } from '../domain/dialect';
import type { StoredHeartbeat } from './heartbeat.schema';
import { HeartbeatCollection } from './heartbeat-collection';
import { DIALECT } from './heartbeat.options';
import { SharedJson } from '../nest/verbatim';
import { RequestCoalescer } from '../util/request-coalescer';

/**
 * A list of at most so many heartbeats, which the database gives in one batch (MongoDB: 16 MiB), is answered as one text; a
 * longer one is never in memory as a whole.
 */
const SHORT = 2_000;
/** How many heartbeats of a longer list are read at once. */
const SLICE = 1_000;

/**
 * The list of all heartbeats as JSON text, in the dialect's order. Requests that wait at the same moment share one reading
 * of a short list; each sees all that was stored before it came.
 */
@Injectable()
export class HeartbeatList {
  private readonly shared = new RequestCoalescer<undefined, SharedJson | undefined>(
    async (requests) => {
      const json = await this.short();
      return requests.map(() => json);
    },
    { maxInFlight: 1, maxBatchSize: Infinity, timeoutMs: REQUEST_TIMEOUT_MS },
  );

  constructor(
    private readonly collection: HeartbeatCollection,
    private readonly guard: CallGuard,
    @Inject(DIALECT) private readonly dialect: Dialect,
  ) {}

  /**
   * @returns the list, or a stream of its text where it is long; the stream ends with an error where the database fails
   * @throws DatabaseError where it fails before the first byte
   */
  async json(): Promise<SharedJson | Readable> {
    // Nobody waits longer for another's reading than for one of their own.
    const short = await this.guard.run(() => this.shared.run(undefined));
    if (short !== undefined) return short;
    const pieces = this.pieces();
    const first = await pieces.next();
    return Readable.from(startingWith(first, pieces), { objectMode: false });
  }

  private async short(): Promise<SharedJson | undefined> {
    const options = { sort: this.order, limit: SHORT + 1, batchSize: SHORT + 1 };
    const batches = this.collection.batches({}, options, { maxTimeMS: REQUEST_TIMEOUT_MS });
    let all: StoredHeartbeat[] | undefined;
    for await (const batch of batches) {
      if (all !== undefined || batch.length > SHORT) return undefined;
      all = batch;
    }
    return new SharedJson(`[${this.texts(all ?? [])}]`);
  }

  private async *pieces(): AsyncGenerator<string, void> {
    const options = { sort: this.order, batchSize: SLICE };
    const batches = this.collection.batches({}, options, { timeoutMs: STREAM_TIMEOUT_MS });
    let before = '[';
    for await (const batch of batches) {
      yield before + this.texts(batch);
      before = ',';
    }
    yield before === '[' ? '[]' : ']';
  }

  private texts(heartbeats: readonly StoredHeartbeat[]): string {
    return heartbeats.map((heartbeat) => JSON.stringify(this.dialect.present(heartbeat))).join(',');
  }

  private get order(): Record<'created' | 'inserted', 1 | -1> {
    const { listOrder } = this.dialect;
    return { created: listOrder, inserted: listOrder };
  }
}

async function* startingWith<T>(
  first: IteratorResult<T, void>,
  rest: AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
