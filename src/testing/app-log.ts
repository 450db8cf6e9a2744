import type { LoggerService } from '@nestjs/common';

type Words = [message: unknown, ...rest: unknown[]];

/** Hands an application's log to the test's logger, where there is one, and remembers what last went wrong. */
export class AppLog implements LoggerService {
  private trouble: string | undefined;

  constructor(private readonly logger?: LoggerService) {}

  /** The last warning or error; undefined where there was none. */
  get lastTrouble(): string | undefined {
    return this.trouble;
  }

  log(...words: Words): void {
    this.logger?.log(...words);
  }

  warn(...words: Words): void {
    this.remember(words);
    this.logger?.warn(...words);
  }

  error(...words: Words): void {
    this.remember(words);
    this.logger?.error(...words);
  }

  fatal(...words: Words): void {
    this.remember(words);
    if (this.logger?.fatal) this.logger.fatal(...words);
    else this.logger?.error(...words);
  }

  debug(...words: Words): void {
    this.logger?.debug?.(...words);
  }

  verbose(...words: Words): void {
    this.logger?.verbose?.(...words);
  }

  private remember([message]: Words): void {
    this.trouble = typeof message === 'string' ? message : JSON.stringify(message);
  }
}
