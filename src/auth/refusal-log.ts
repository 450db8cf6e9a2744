import type { Logger } from '@nestjs/common';
import type { LoginAttempt } from './login-limit';

/** The shortest time between two lines, in milliseconds: whoever causes them must not fill the log. */
const PAUSE_MS = 1_000;

/** Says in the log which clients reached the limit of failed log-ins: a line a second at most, and no credentials. */
export class RefusalLog {
  private lastAt = -Infinity;
  private leftOut = 0;

  constructor(
    private readonly logger: Logger,
    private readonly now: () => number,
  ) {}

  /** @param attempt the one that reached the limit; its name is told only where such a user is known */
  limitReached({ network, name, known }: LoginAttempt): void {
    const now = this.now();
    if (now - this.lastAt < PAUSE_MS) {
      this.leftOut += 1;
      return;
    }
    this.lastAt = now;
    this.logger.warn({
      msg: 'log-ins refused',
      action: 'log-ins refused',
      ...(known === true && { user: name }),
      network,
      ...(this.leftOut > 0 && { leftOut: this.leftOut }),
    });
    this.leftOut = 0;
  }
}
