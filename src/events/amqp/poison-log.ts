import type { Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import type { PoisonReason } from '../event-metrics';
import { escaped } from '../../util/legible';

/** Thrown away messages are mentioned in the log once in so many milliseconds. */
const EVERY_MS = 60_000;

const TEXTS: Readonly<Record<PoisonReason, string>> = {
  empty: 'it is empty',
  not_json: 'it is not JSON',
  not_an_object: 'it is JSON, but no object',
  failed: 'it lacks what an event needs',
};

/** What senders choose freely. */
const quoted = (text: string): string => escaped(JSON.stringify(text));

/** Tells of messages that were thrown away: where the first came from, and how many there were; never what is in them. */
export class PoisonLog {
  private waiting = 0;
  private first = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  /** The first one is told of at once, those that come within a minute together when it is over. */
  note({ fields, properties, content }: ConsumeMessage, reason: PoisonReason): void {
    if (this.waiting === 0) {
      const { appId } = properties as { appId?: string };
      const sender = appId === undefined ? 'no app id' : `app id ${quoted(appId)}`;
      this.first = `routing key ${quoted(fields.routingKey)}, ${sender}, ${content.length} bytes, ${TEXTS[reason]}`;
    }
    this.waiting += 1;
    if (this.timer === undefined) this.tell();
  }

  /** To be called when nothing will come any more. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private tell(): void {
    this.timer = undefined;
    if (this.waiting === 0) return;
    const which =
      this.waiting === 1
        ? 'A message that is no event was thrown away'
        : `${this.waiting} messages that are no events were thrown away; the first`;
    this.logger.warn(`${which}: ${this.first}`);
    this.waiting = 0;
    this.timer = setTimeout(() => this.tell(), EVERY_MS).unref();
  }
}
