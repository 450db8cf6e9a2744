import { setTimeout as delay } from 'node:timers/promises';

/** Tries again until it is true; a test that waits for what never comes fails with the runner's own time limit. */
export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}
