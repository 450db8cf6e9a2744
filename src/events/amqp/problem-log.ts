import type { Logger } from '@nestjs/common';
import { brokerProblem } from './broker-problem';

/** Says each thing that is wrong with the broker once, however often it is tried, until whatever it troubles works again. */
export class ProblemLog {
  /** What was said, and which of the transport's connections, or acts, it troubles. */
  private readonly said = new Map<string, Set<string>>();

  constructor(
    private readonly logger: Logger,
    private readonly url: string,
  ) {}

  /** @param what which of the transport's connections, or acts, has the problem. */
  report(what: string, error: unknown): void {
    const text = `The broker cannot be used, and is tried again: ${brokerProblem(error, this.url)}`;
    const troubled = this.said.get(text);
    troubled?.add(what);
    if (troubled !== undefined) return;
    this.said.set(text, new Set([what]));
    this.logger.error(text);
  }

  solved(connection: string): void {
    this.forget(connection);
    this.logger.log(`The ${connection} connection to the broker is up`);
  }

  /** It works: what was said of it is said again when it comes again. */
  forget(what: string): void {
    for (const [text, troubled] of this.said) {
      if (troubled.delete(what) && troubled.size === 0) this.said.delete(text);
    }
  }
}
