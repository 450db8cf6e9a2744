import type { Logger } from '@nestjs/common';

const PRECONDITION_FAILED = 406;

/** Says each thing that is wrong with the broker once, however often it is tried, until all is well again. */
export class ProblemLog {
  private readonly troubled = new Set<string>();
  private readonly said = new Set<string>();

  constructor(private readonly logger: Logger) {}

  /** @param connection which of the transport's connections has the problem. */
  report(connection: string, error: unknown): void {
    this.troubled.add(connection);
    const text = textOf(error);
    if (this.said.has(text)) return;
    this.said.add(text);
    this.logger.error(text);
  }

  solved(connection: string): void {
    this.troubled.delete(connection);
    if (this.troubled.size === 0) this.said.clear();
    this.logger.log(`The ${connection} connection to the broker is up`);
  }
}

function textOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: unknown };
  // A refused connection to a name with several addresses is an AggregateError without a message.
  const what = [message, code, 'unknown error'].find((text) => text !== undefined && text !== '');
  return code === PRECONDITION_FAILED
    ? `The broker has the exchange or the queue of the events already, but of another kind. Events and alarms are held up until ` +
        `it is removed there: ${String(what)}`
    : `The broker cannot be used, and is tried again: ${String(what)}`;
}
