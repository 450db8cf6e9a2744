/** Lets something happen at most once in so many milliseconds: a log line for a failure that every request meets. */
export class Throttle {
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly everyMs: number) {}

  /** Does it, unless it was done less than that ago by the monotonic clock. */
  run(work: () => void): void {
    const now = performance.now();
    if (now - this.last < this.everyMs) return;
    this.last = now;
    work();
  }
}
