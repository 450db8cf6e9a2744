import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../engine/engine';
import type { StateStore } from '../engine/state/state-store';
import type { MovableClock } from './movable-clock';

/** The engine takes a longer stride for blindness (contract: engine, "Blind time"); this one it gets over by itself. */
const STRIDE_MS = 4_000;
const POLL_MS = 1;

/** The clock of a test's application. It stands still until it is moved. */
export class TestClock {
  constructor(
    private readonly clock: MovableClock,
    private readonly engine: Engine,
    private readonly store: StateStore,
  ) {}

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.clock.now();
  }

  /**
   * Time passes. Resolves when the engine has looked at all of it, and every alarm that fell due has gone out. An hour takes
   * some seconds: no engine believes a clock that jumps.
   */
  async advance(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= STRIDE_MS) {
      this.clock.pass(Math.min(left, STRIDE_MS));
      await this.engineLooks();
    }
    await until(async () => (await this.store.states.countDocuments({ unsent: { $gte: 1 } })) === 0);
  }

  /** Resolves when the engine hears, and has looked for silence at the present time. */
  async engineLooks(): Promise<void> {
    await until(() => !this.engine.isBlind);
    const { ticks } = this.engine;
    await until(() => this.engine.ticks >= ticks + 2 && !this.engine.isBlind);
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(POLL_MS);
}
