import type { Logger } from '@nestjs/common';
import { brokerProblem } from './broker-problem';

/** Says each thing that is wrong with the broker once, however often it is tried, until all is well again. */
export class ProblemLog {
  private readonly troubled = new Set<string>();
  private readonly said = new Set<string>();

  constructor(
    private readonly logger: Logger,
    private readonly url: string,
  ) {}

  /** @param connection which of the transport's connections has the problem. */
  report(connection: string, error: unknown): void {
    this.troubled.add(connection);
    const text = `The broker cannot be used, and is tried again: ${brokerProblem(error, this.url)}`;
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
