import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { withTimeout } from '../util/timeout';
import { errorText } from '../util/error-text';

/** Nothing that the harness waits for may take longer, in milliseconds. */
export const WAIT_LIMIT_MS = 30_000;
/** So often it looks without a pause: what is waited for mostly comes at once. */
const EAGER = 50;
const PAUSE_MS = 1;
/** A pause counts as so many milliseconds at most: who stops at a breakpoint, or blocks the event loop, has not waited. */
const LONGEST_PAUSE_MS = 100;

/**
 * Waits until something is so. A failure to find out counts as "not yet".
 * @param what completes "waited for …"; asked when it gives up
 * @param goesOn throws where there is nothing to wait for any more
 * @throws Error which says what it waited for, after {@link WAIT_LIMIT_MS}
 */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  what: () => string,
  goesOn: () => void,
): Promise<void> {
  let failure: unknown;
  let waited = 0;
  let before = performance.now();
  for (let tries = 0; ; tries += 1) {
    goesOn();
    try {
      if (await withTimeout(WAIT_LIMIT_MS, Promise.resolve(isSo()))) return;
    } catch (error) {
      failure = error;
    }
    if (tries < EAGER) await setImmediate();
    else await delay(PAUSE_MS);
    const now = performance.now();
    waited += Math.min(now - before, LONGEST_PAUSE_MS);
    before = now;
    if (waited > WAIT_LIMIT_MS) throw new Error(givenUp(what(), failure));
  }
}

function givenUp(what: string, failure: unknown): string {
  const last = failure === undefined ? '' : `; the last failure: ${errorText(failure)}`;
  return `gave up after ${WAIT_LIMIT_MS / 1_000} s: waited for ${what}${last}`;
}
