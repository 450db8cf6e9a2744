import { open, type RootDatabase } from 'lmdb';
import { setImmediate } from 'node:timers/promises';
import { StorageError } from '../errors';

/** How many entries of a range are read at once, at most; between two batches the range is found again, so no snapshot is held. */
const BATCH_SIZE = 128;

export interface Entry {
  key: Buffer;
  value: Buffer;
}

/** How keys and values are; LMDB takes a path with a dot in its last part for a file, unless it is told. */
const FORM = { noSubdir: false, keyEncoding: 'binary', encoding: 'binary' } as const;
/**
 * How often places are freed that readers had whose process was killed, in milliseconds: until then no page is used again that
 * such a reader could see.
 */
const READER_CHECK_MS = 10_000;

/** An ordered map of bytes on disk (LMDB). Keys have at most 1978 bytes. */
export class Storage {
  private readonly db: RootDatabase<Buffer, Buffer>;
  /** How often something was put or removed. */
  private changes = 0;
  /** Counts the beginnings and the ends of write transactions: while it stays the same, what was read is still so. */
  private version = 0;
  /** How many write transactions are not committed yet. */
  private writing = 0;
  private readonly readerCheck: NodeJS.Timeout;

  /**
   * @param directory where LMDB keeps `data.mdb` and `lock.mdb`
   * @param durable false: committed does not mean on disk, for data that nobody needs once the process has ended
   */
  constructor(directory: string, durable: boolean) {
    // Without overlappingSync LMDB flushes before it calls a transaction committed, so committed means on disk.
    this.db = open<Buffer, Buffer>({
      path: directory,
      ...FORM,
      overlappingSync: false,
      // Each call is a commit of its own turn all the same. With it, lmdb would keep a promise for itself, which nobody hears
      // when the commit fails, so that the process would end (lmdb 3.5.6).
      eventTurnBatching: false,
      noSync: !durable,
    });
    this.readerCheck = setInterval(() => this.db.readerCheck(), READER_CHECK_MS).unref();
  }

  /**
   * Runs `work` in a write transaction; it sees all earlier writes. Calls made at the same time share one commit.
   * @param onRollback is called, in a write transaction, when something that `work` has put was rolled back: at once, before other
   *   work runs, where `work` throws, and later where the commit fails
   * @returns what `work` returned, once it is on disk; rejects, with nothing of this `work` kept, when `work` throws
   */
  async write<T>(work: () => T, onRollback: () => void): Promise<T> {
    let begun = 0;
    const outcome = await this.db
      .transaction((): { value: T } | { error: unknown } => {
        this.version++;
        begun = 1;
        this.writing += begun;
        const before = this.changes;
        try {
          // Within another this is a child transaction: when work throws, its own changes alone are rolled back.
          return { value: this.db.transactionSync(work) };
        } catch (error) {
          if (this.changes !== before) onRollback();
          return { error };
        }
      })
      .catch(async (cause: unknown) => {
        const reason = await reasonOf(cause);
        await this.db.transaction(onRollback).catch(reasonOf);
        throw new StorageError(`the storage could not commit${reason}`, { cause });
      })
      .finally(() => {
        this.version++;
        this.writing -= begun;
      });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Runs `work` in a write transaction of its own and commits it before returning; other processes wait meanwhile. */
  writeNow<T>(work: () => T): T {
    return this.db.transactionSync(work);
  }

  /** Whether something is written that readers may not see yet. */
  get isWriting(): boolean {
    return this.writing > 0;
  }

  get(key: Buffer): Buffer | undefined {
    return this.db.getBinary(key);
  }

  /** What `read` makes of the bytes, which are not copied: they are its own until it returns. */
  look<T>(key: Buffer, read: (bytes: Buffer) => T): T | undefined {
    const bytes = this.db.getBinaryFast(key);
    return bytes && read(bytes);
  }

  /** Only within `write`. @throws StorageError, after which the whole `work` must fail */
  put(key: Buffer, value: Buffer): void {
    this.changes++;
    try {
      this.db.putSync(key, value);
    } catch (cause) {
      throw new StorageError(`the storage could not write: ${(cause as Error).message}`, { cause });
    }
  }

  /** Only within `write`. @throws StorageError, after which the whole `work` must fail */
  remove(key: Buffer): void {
    this.changes++;
    try {
      this.db.removeSync(key);
    } catch (cause) {
      throw new StorageError(`the storage could not remove: ${(cause as Error).message}`, { cause });
    }
  }

  /**
   * The entries with `from` ≤ key < `to` in the order of keys, or from the last one back. Each is given as it is when it is
   * asked for, however long ago the one before was; only what the same `work` changes meanwhile may be seen or not.
   */
  *range(from: Buffer, to: Buffer, reverse = false): Generator<Entry, void> {
    const end = reverse ? from : to;
    let start = reverse ? to : from;
    let limit = 4;
    for (;;) {
      const exclusiveStart = reverse || start !== from;
      const { version } = this;
      const batch = [
        ...this.db.getRange({ start, end, reverse, limit, exclusiveStart, inclusiveEnd: reverse }),
      ];
      for (const entry of batch) {
        yield entry;
        start = entry.key;
        // Others may have written: what was read ahead is read again.
        if (this.version !== version) break;
      }
      if (this.version === version && batch.length < limit) return;
      limit = Math.min(limit * 4, BATCH_SIZE);
    }
  }

  count(from: Buffer, to: Buffer): number {
    return this.db.getKeysCount({ start: from, end: to });
  }

  close(): Promise<void> {
    clearInterval(this.readerCheck);
    return this.db.close();
  }
}

/**
 * Copies what is stored at one moment. Whoever writes meanwhile is not held up.
 * @param to a directory without LMDB's files
 */
export async function copyStorage(directory: string, to: string): Promise<void> {
  const db = open<Buffer, Buffer>({ path: directory, ...FORM, readOnly: true });
  try {
    await db.backup(to, false);
  } finally {
    await db.close();
  }
}

/**
 * Why a commit failed. lmdb tells it in a promise of its own, which it rejects beside that of the transaction and which ends
 * the process where nobody hears it (lmdb 3.5.6).
 */
async function reasonOf(cause: unknown): Promise<string> {
  const { commitError } = cause as { commitError?: Promise<never> };
  return Promise.race([commitError, setImmediate()]).then(
    () => '',
    (error: unknown) => `: ${(error as Error).message}`,
  );
}
