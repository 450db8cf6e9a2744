import type { AppLog } from './app-log';
import { refuseFakeTimers } from './fake-timers';
import { waitUntil } from './wait-until';

/** Whether an application can be used, for all that a test does with it. */
export class AppLife {
  private ended = false;

  constructor(private readonly log: AppLog) {}

  /** From now on every call is refused, and nothing is waited for. */
  end(): void {
    this.ended = true;
  }

  /**
   * To be called first.
   * @param call what was called, for the error
   * @throws Error where the application was stopped, or timers are fake
   */
  check(call: string): void {
    if (this.ended) throw new Error(`${call}: the application has been stopped`);
    refuseFakeTimers(call);
  }

  /**
   * Waits until something is so, for a call.
   * @param what completes "waited for …"; asked when it gives up
   * @throws Error which says what it waited for, and what the application last warned of
   */
  waitUntil(call: string, isSo: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
    return waitUntil(
      isSo,
      () => `${what()}${this.trouble()}`,
      () => this.check(call),
    );
  }

  private trouble(): string {
    const { lastTrouble } = this.log;
    return lastTrouble === undefined ? '' : `; it last logged: ${lastTrouble}`;
  }
}
