import { ConsoleLogger } from '@nestjs/common';

/** A logger that only remembers. */
export class RememberingLogger extends ConsoleLogger {
  readonly lines: string[] = [];

  protected override printMessages(messages: unknown[]): void {
    this.lines.push(...messages.map(String));
  }
}
