import { setImmediate } from 'node:timers/promises';

/** How long work goes on before all else has its turn, in milliseconds. */
const TURN_MS = 10;

/** For work of many short pieces that together would keep the process from all else. */
export class Breather {
  private since = performance.now();

  /** To be awaited after each piece. */
  async breathe(): Promise<void> {
    if (performance.now() - this.since < TURN_MS) return;
    await setImmediate();
    this.since = performance.now();
  }
}
