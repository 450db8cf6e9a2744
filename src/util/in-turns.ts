import { setImmediate } from 'node:timers/promises';

/** How long work goes on before all else has its turn, in milliseconds. */
const TURN_MS = 10;

/** Does something with each of many, in their order, so that together they do not keep the process from all else. */
export async function eachInTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - since < TURN_MS) continue;
    await setImmediate();
    since = performance.now();
  }
}
