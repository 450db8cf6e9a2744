import { Long, type Document } from 'bson';
import { setImmediate } from 'node:timers/promises';
import { documentArray, element, elements, join, MAX_DOCUMENT_BYTES } from '../bson/documents';
import { CommandError } from '../errors';
import type { Results } from '../query/reader';

const MAX_CURSORS = 1000;
const IDLE_MS = 10 * 60_000;
/** The event loop gets its turn after this many documents. */
const STEPS_BETWEEN_PAUSES = 64;

interface Cursor {
  namespace: string;
  results: Results;
  /** A result that has been taken, and did not fit. */
  held?: Buffer;
  used: number;
  /** Whether a batch is being made of it. */
  busy: boolean;
}

/** Results that are fetched in several batches. A cursor that is not used for ten minutes is forgotten. */
export class Cursors {
  private readonly cursors = new Map<bigint, Cursor>();
  private lastId = 0n;

  /**
   * The answer to `find` or `aggregate`: the first batch, and a cursor where there is more.
   * @param size the most documents that the batch may have
   * @param deadline when to give up, in milliseconds as `performance.now` counts
   */
  async open(
    namespace: string,
    results: Results,
    size: number,
    single: boolean,
    deadline: number,
  ): Promise<Buffer> {
    const cursor: Cursor = { namespace, results, used: Date.now(), busy: false };
    const { batch, finished } = await fill(cursor, size, deadline);
    if (finished || single) return answer(batch, 0n, namespace, 'firstBatch');
    this.forgetIdle();
    if (this.cursors.size >= MAX_CURSORS)
      throw new CommandError('ExceededMemoryLimit', `more than ${MAX_CURSORS} open cursors`);
    this.cursors.set(++this.lastId, cursor);
    return answer(batch, this.lastId, namespace, 'firstBatch');
  }

  /** The answer to `getMore`. @throws CommandError CursorNotFound, CursorInUse, CursorKilled */
  async next(id: bigint, namespace: string, size: number, deadline: number): Promise<Buffer> {
    const cursor = this.cursors.get(id);
    if (cursor?.namespace !== namespace)
      throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
    if (cursor.busy) throw new CommandError('CursorInUse', `cursor id ${id} is already in use`);
    cursor.busy = true;
    let more = false;
    try {
      const { batch, finished } = await fill(cursor, size, deadline);
      if (!this.cursors.has(id)) throw new CommandError('CursorKilled', `cursor id ${id} was killed`);
      more = !finished;
      return answer(batch, finished ? 0n : id, namespace, 'nextBatch');
    } finally {
      Object.assign(cursor, { used: Date.now(), busy: false });
      if (!more) this.cursors.delete(id);
    }
  }

  /** Whether there was such a cursor. */
  kill(id: bigint): boolean {
    return this.cursors.delete(id);
  }

  private forgetIdle(): void {
    for (const [id, { used, busy }] of this.cursors)
      if (!busy && used < Date.now() - IDLE_MS) this.cursors.delete(id);
  }
}

/** Runs through results with pauses. @throws CommandError MaxTimeMSExpired */
export async function* paced(results: Results, deadline: number): AsyncGenerator<Buffer, void> {
  for (let step = 1, next = results.next(); !next.done; step++, next = results.next()) {
    if (next.value) yield next.value;
    if (step % STEPS_BETWEEN_PAUSES === 0) await pause(deadline);
  }
}

async function pause(deadline: number): Promise<void> {
  if (performance.now() > deadline)
    throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
  await setImmediate();
}

/** Runs through results for what their making does. */
export async function exhaust(results: Results, deadline: number): Promise<void> {
  const all = paced(results, deadline);
  while (!(await all.next()).done);
}

async function fill(
  cursor: Cursor,
  size: number,
  deadline: number,
): Promise<{ batch: Buffer[]; finished: boolean }> {
  const batch: Buffer[] = cursor.held ? [cursor.held] : [];
  let bytes = cursor.held?.length ?? 0;
  cursor.held = undefined;
  if (batch.length >= size) return { batch, finished: false };
  const { results } = cursor;
  // Not by `paced`: a promise or two for each document take as long as a tenth of all else.
  for (let step = 1, next = results.next(); !next.done; step++, next = results.next()) {
    const raw = next.value;
    bytes += raw?.length ?? 0;
    // One look ahead tells most clients at once that there is no more.
    if (batch.length >= size || (batch.length > 0 && bytes > MAX_DOCUMENT_BYTES)) {
      cursor.held = raw;
      return { batch, finished: false };
    }
    if (raw) batch.push(raw);
    if (step % STEPS_BETWEEN_PAUSES === 0) await pause(deadline);
  }
  return { batch, finished: true };
}

function answer(batch: Buffer[], id: bigint, namespace: string, name: 'firstBatch' | 'nextBatch'): Buffer {
  const documents = documentArray(batch);
  const cursor: Document = { id: Long.fromBigInt(id), ns: namespace };
  return join([
    element(3, 'cursor', join([element(4, name, documents), elements(cursor)])),
    elements({ ok: 1 }),
  ]);
}
