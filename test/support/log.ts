import { ConsoleLogger, type LoggerService } from '@nestjs/common';

/** A logger that only remembers. */
export class RememberingLogger extends ConsoleLogger {
  readonly lines: string[] = [];

  protected override printMessages(messages: unknown[]): void {
    this.lines.push(...messages.map(String));
  }
}

/** A logger that keeps what was said as it was said. */
export class KeepingLogger implements LoggerService {
  readonly entries: { level: string; message: unknown; context: unknown }[] = [];

  log = this.keeper('log');
  warn = this.keeper('warn');
  debug = this.keeper('debug');
  error = this.keeper('error');

  /** What was said under one name. */
  of(context: string): unknown[] {
    return this.entries.filter((entry) => entry.context === context).map(({ message }) => message);
  }

  private keeper(level: string) {
    return (message: unknown, ...rest: unknown[]): void => {
      this.entries.push({ level, message, context: rest.at(-1) });
    };
  }
}
