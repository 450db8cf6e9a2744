import type { Logger } from '@nestjs/common';
import { errorText } from './error-text';

/** While it fails, the reason is logged this often, in milliseconds. */
const LOG_EVERY_MS = 60_000;

/**
 * Does the same work again and again, never two at once: every so often, and at once when it is woken. A failure ends
 * nothing; it is logged when it begins, every minute while it lasts, and when it is over.
 */
export class Loop {
  private running: Promise<void> | undefined;
  private stopping = false;
  private working = false;
  private woken = false;
  private endPause: (() => void) | undefined;
  private failingSince: number | undefined;
  private loggedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param name what it does, for the log
   * @param everyMs the pause between two times; a function is asked each time
   */
  constructor(
    private readonly name: string,
    private readonly everyMs: number | (() => number),
    private readonly work: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** Whether it is at work, is about to be without a pause, or has failed and will try again. */
  get isBusy(): boolean {
    return this.working || this.woken || this.failingSince !== undefined;
  }

  /** For how long it has failed each time, in milliseconds; 0 where it works. */
  get failingMs(): number {
    return this.failingSince === undefined ? 0 : performance.now() - this.failingSince;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends the pause, or leaves out the next one. */
  wake(): void {
    this.woken = true;
    this.endPause?.();
  }

  /** Resolves when the work under way is done. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.woken = false;
      this.working = true;
      await this.once();
      this.working = false;
      if (!this.woken && !this.stopping) await this.pause();
    }
  }

  private async once(): Promise<void> {
    try {
      await this.work();
      if (this.failingSince !== undefined) this.logger.log(`${this.name} works again`);
      this.failingSince = undefined;
    } catch (error) {
      const due = performance.now() - this.loggedAt >= LOG_EVERY_MS;
      if (this.failingSince === undefined || due) {
        this.logger.error(`${this.name} failed: ${errorText(error)}`);
        this.loggedAt = performance.now();
      }
      this.failingSince ??= performance.now();
      // What woke it may go on waking it while the failure lasts: without a pause that would be a hot loop.
      this.woken = false;
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const { everyMs } = this;
      const timer = setTimeout(resolve, typeof everyMs === 'number' ? everyMs : everyMs());
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
