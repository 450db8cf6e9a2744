import type { Clock } from './clock';

/** How often it notes that the process runs, in milliseconds. */
const NOTE_EVERY_MS = 250;

/**
 * Notices that the process stood still: it was stopped, the machine was suspended, or it had no processor. The monotonic clock
 * goes on in some of these cases, the wall clock in the others; who sets that is taken for a standstill as well.
 */
export class StandstillDetector {
  private wall: number;
  private monotonic: number;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param limitMs a standstill is at least this long, in milliseconds
   * @param onStandstill called once for each, before anything that came meanwhile is looked at
   */
  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number,
    private readonly onStandstill: () => void,
  ) {
    this.wall = clock.now();
    this.monotonic = clock.monotonic();
    this.timer = setInterval(() => this.look(), NOTE_EVERY_MS).unref();
  }

  /** To be called before something is used that may have come before a standstill. It takes some hundred nanoseconds. */
  look(): void {
    const wall = this.clock.now();
    const monotonic = this.clock.monotonic();
    const gap = Math.max(monotonic - this.monotonic, wall - this.wall);
    this.wall = wall;
    this.monotonic = monotonic;
    if (gap >= this.limitMs) this.onStandstill();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
