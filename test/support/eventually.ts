import { setTimeout as delay } from 'node:timers/promises';

/** In milliseconds: on a machine with six times the work that it can do, no wait but those that ask for more took half of it. */
const LIMIT_MS = 20_000;

/**
 * Tries again until it holds: an assertion that does not throw, or a condition that is not false.
 * @param limitMs how long, where it may take more than 20 s
 * @throws what the last try threw, or an error with the condition's text, after that
 */
export async function eventually(holds: () => unknown, limitMs = LIMIT_MS): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    let problem: unknown;
    try {
      if ((await holds()) !== false) return;
      problem = new Error(`this did not become true: ${String(holds)}`);
    } catch (error) {
      problem = error;
    }
    if (performance.now() > end) throw problem;
    await delay(20);
  }
}
