import { open, type RootDatabase } from 'lmdb';

/** How many entries of a range are read at once; between two portions the range is found again, so no snapshot is held. */
const PORTION = 128;

export interface Entry {
  key: Buffer;
  value: Buffer;
}

/** An ordered map of bytes on disk (LMDB). Keys have at most 1978 bytes. */
export class Storage {
  private readonly db: RootDatabase<Buffer, Buffer>;

  /** @param directory where LMDB keeps `data.mdb` and `lock.mdb` */
  constructor(directory: string) {
    // Without overlappingSync LMDB flushes before it calls a transaction committed, so committed means on disk.
    this.db = open<Buffer, Buffer>({
      path: directory,
      // LMDB takes a path with a dot in its last part for a file, unless it is told.
      noSubdir: false,
      keyEncoding: 'binary',
      encoding: 'binary',
      overlappingSync: false,
    });
  }

  /**
   * Runs `work` in a write transaction; it sees all earlier writes. Calls made at the same time share one commit.
   * @returns what `work` returned, once it is on disk; rejects, with nothing of this `work` kept, when `work` throws
   */
  write<T>(work: () => T): Promise<T> {
    return this.db.childTransaction(work);
  }

  /** Runs `work` in a write transaction of its own and commits it before returning; other processes wait meanwhile. */
  writeNow<T>(work: () => T): T {
    return this.db.transactionSync(work);
  }

  get(key: Buffer): Buffer | undefined {
    return this.db.getBinary(key);
  }

  /** Only within `write`. */
  put(key: Buffer, value: Buffer): void {
    this.db.putSync(key, value);
  }

  /** Only within `write`. */
  remove(key: Buffer): void {
    this.db.removeSync(key);
  }

  /** The entries with `from` ≤ key < `to` in the order of keys, or from the last one back. */
  *range(from: Buffer, to: Buffer, reverse = false): Generator<Entry, void> {
    let start = reverse ? to : from;
    let portion: Entry[];
    let limit = 4;
    do {
      const exclusiveStart = reverse || start !== from;
      const end = reverse ? from : to;
      portion = [...this.db.getRange({ start, end, reverse, limit, exclusiveStart, inclusiveEnd: reverse })];
      yield* portion;
      if (portion.length < limit) return;
      start = portion[limit - 1].key;
      limit = Math.min(limit * 4, PORTION);
    } while (portion.length > 0);
  }

  count(from: Buffer, to: Buffer): number {
    return this.db.getKeysCount({ start: from, end: to });
  }

  close(): Promise<void> {
    return this.db.close();
  }
}
