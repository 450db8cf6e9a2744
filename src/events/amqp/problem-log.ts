import type { Logger } from '@nestjs/common';
import type { AmqpNames } from './amqp-options';
import { brokerProblem } from './broker-problem';
import { unboundQueue } from './topology';

/** What is troubled where the queue may not be bound. */
const BINDING = 'binding';

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
    this.say(
      'error',
      what,
      `The broker cannot be used, and is tried again: ${brokerProblem(error, this.url)}`,
    );
  }

  /** @param refusal why the queue could not be bound, which harms nobody where somebody else has bound it; undefined where it is bound */
  binding({ exchange, queue }: AmqpNames, refusal: string | undefined): void {
    if (refusal === undefined) return this.forget(BINDING);
    const text = `What is sent to the exchange ${exchange} comes only where somebody else has bound the queue: ${unboundQueue(queue, refusal)}`;
    this.say('warn', BINDING, text);
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

  private say(level: 'warn' | 'error', what: string, text: string): void {
    const troubled = this.said.get(text);
    troubled?.add(what);
    if (troubled !== undefined) return;
    this.said.set(text, new Set([what]));
    this.logger[level](text);
  }
}
