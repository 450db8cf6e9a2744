import { setTimeout as delay } from 'node:timers/promises';

/** Longer than anything that is waited for takes on a busy machine; nothing is asserted of time by it. */
const LIMIT_MS = 75_000;

/** Above what all waits of a test take together. */
export const TEST_LIMIT_MS = 240_000;

/**
 * Waits until something holds.
 * @param what what it is, for the failure
 * @param seen what was seen instead, for the failure
 * @throws Error when it does not hold for 75 s
 */
export async function waitFor(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seen: () => unknown = () => '',
): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`in vain waited for: ${what} ${JSON.stringify(seen())}`);
    await delay(100);
  }
}

/** Does something for each, no more than 20 at once. */
export async function forAll<T>(all: Iterable<T>, work: (one: T) => Promise<unknown>): Promise<void> {
  const todo = all[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = todo.next(); !next.done; next = todo.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: 20 }, worker));
}
