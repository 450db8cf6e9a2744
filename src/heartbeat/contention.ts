import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from '../canopsis/canopsis-error';
import { isDuplicateKey } from '../database/duplicate-key';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** How long a request waits for others that are in the way and do not get on, in milliseconds: longer than a bulk can be left behind. */
const TIMEOUT_MS = 10_000;
/** How long it waits for them altogether, in milliseconds: a long bulk takes its time on a busy machine. */
const LONGEST_MS = 60_000;

/** Another request is in the way, and what became of it is not decided yet. */
export class ContendedError extends Error {
  /**
   * @param otherwise what is to be said where it is in the way for too long; by default that the database failed
   * @param by who is in the way: a text that changes as long as they get on
   */
  constructor(
    message: string,
    readonly otherwise?: Error,
    readonly by = '',
  ) {
    super(message);
  }
}

/**
 * Does work again while another request is in the way: while a unique index refuses it, or it says {@link ContendedError}. The work
 * must look at each try whether what is in the way is there to stay, and throw what is to be said then.
 * @param work told whether it is done again
 * @throws DatabaseError where it is still contended 10 s after those in the way last got on, or after a minute
 */
export async function whileContended<T>(work: (again: boolean) => Promise<T>): Promise<T> {
  const began = performance.now();
  let [movedAt, by] = [began, ''];
  for (
    let pauseMs = 0, again = false;
    ;
    again = true, pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS + 2 * pauseMs)
  ) {
    try {
      return await work(again);
    } catch (error) {
      if (!(error instanceof ContendedError || isDuplicateKey(error))) throw error;
      const now = performance.now();
      if (error instanceof ContendedError && error.by !== by) [movedAt, by] = [now, error.by];
      if (now - movedAt > TIMEOUT_MS || now - began > LONGEST_MS) {
        throw (error instanceof ContendedError && error.otherwise) || new DatabaseError(error);
      }
    }
    // Not all at the same moment. The first time at once: most often the other one has just won.
    await delay(pauseMs * (0.5 + Math.random()));
  }
}
