import type { Answer } from './application';

/** What the application logs where the database kept a request waiting for too long. */
const STOOD_STILL = /no answer within \d+ ms|operation exceeded time limit/i;
/** How often the same is asked altogether. */
const MOST_TRIES = 3;

/**
 * Asks, and again where the log says that the database of the tests stood still for longer than the application waits, as it may
 * on a busy machine. What was asked before may have been stored then.
 * @param log all that the application has logged so far
 */
export async function pastStandstills(log: () => string, ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const logged = log().length;
    const answer = await ask();
    const stoodStill = answer.status >= 400 && STOOD_STILL.test(log().slice(logged));
    if (!stoodStill || tries === MOST_TRIES) return answer;
  }
}
