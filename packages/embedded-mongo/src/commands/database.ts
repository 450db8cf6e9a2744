import { setImmediate } from 'node:timers/promises';
import { compileFilter } from '../query/filters';
import { Catalogue } from '../storage/catalogue';
import { Cursors } from './cursors';
import type { Storage } from '../storage/storage';

/** A transaction that works through a long list commits after this many milliseconds, and the rest gets another one. */
const TRANSACTION_MS = 50;

/** What the commands work on. */
export class Database {
  readonly catalogue: Catalogue;
  readonly cursors = new Cursors();

  /** @param onUnexpectedError is told of errors that are no answer to a client's mistakes */
  constructor(
    private readonly storage: Storage,
    readonly onUnexpectedError: (error: Error) => void,
  ) {
    this.catalogue = new Catalogue(storage, compileFilter);
  }

  /** Runs `work` in one transaction; what it returns is on disk once this resolves. */
  write<T>(work: () => T): Promise<T> {
    return this.storage.write(work, () => this.catalogue.load());
  }

  /** Runs `steps` to its end, in as many transactions as that takes; between two steps a transaction may end. */
  async writeSteps<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = await this.write(() => {
        const deadline = performance.now() + TRANSACTION_MS;
        let next = steps.next();
        while (!next.done && performance.now() < deadline) next = steps.next();
        return next;
      });
      if (step.done) return step.value;
      await setImmediate();
    }
  }
}
