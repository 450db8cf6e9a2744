import type { ConsumeMessage } from 'amqplib';
import { withTimeout } from '../../util/timeout';
import { CHECK_ROUTING_KEY, checkEvent } from '../event';
import type { EventPath, MessageCounts, QueueFigures } from '../event-path';
import type { AmqpLink } from './amqp-link';
import type { AmqpNames } from './amqp-options';
import type { AmqpPublisher } from './amqp-publisher';

/** How long the broker has to say what is in the queue, or to declare it. */
const ANSWER_LIMIT_MS = 2_000;
/** So many checks that came back are remembered: one is sent each second at most, by each database on the exchange. */
const REMEMBERED = 64;

/** What an {@link AmqpPath} is made of. */
export interface AmqpPathOptions {
  readonly names: AmqpNames;
  readonly consumerLink: AmqpLink;
  readonly publisherLink: AmqpLink;
  readonly publisher: AmqpPublisher;
  /** The `app_id` of what this product sends. */
  readonly ownAppId: string;
}

/** The way of events through RabbitMQ, as it is seen from its two ends. */
export class AmqpPath implements EventPath {
  freshAt = Number.NEGATIVE_INFINITY;
  private received = 0;
  private fresh = 0;
  private readonly returned = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: AmqpPathOptions) {}

  get queue(): string {
    return this.options.names.queue;
  }

  get exchange(): string {
    return this.options.names.exchange;
  }

  get counts(): MessageCounts {
    const { received, fresh } = this;
    return { received, fresh };
  }

  get blocked(): boolean {
    return this.options.consumerLink.blocked || this.options.publisherLink.blocked;
  }

  /** To be called for each message that comes from the queue. */
  arrived({ fields, properties }: ConsumeMessage): void {
    this.received += 1;
    if (fields.redelivered || fields.exchange !== this.exchange) return;
    this.fresh += 1;
    this.freshAt = performance.now();
    const id: unknown = properties.messageId;
    if (properties.appId !== this.options.ownAppId || typeof id !== 'string') return;
    this.returned.add(id);
    const [oldest = id] = this.returned;
    if (this.returned.size > REMEMBERED) this.returned.delete(oldest);
    this.changed();
  }

  /** Tells who listens that there is news. */
  readonly changed = (): void => {
    for (const listener of this.listeners) listener();
  };

  async inspect(): Promise<QueueFigures> {
    const { channel } = this.options.consumerLink;
    if (channel === undefined) throw new Error('no consumer is connected');
    const { messageCount, consumerCount } = await withTimeout(
      ANSWER_LIMIT_MS,
      channel.checkQueue(this.queue),
    );
    this.options.consumerLink.worked();
    return { waiting: messageCount, consumers: consumerCount };
  }

  /** As {@link inspect}, without a consumer of this process, so that what it has still to read is not counted. */
  async inspectFromAfar(): Promise<QueueFigures> {
    const { messageCount, consumerCount } = await withTimeout(
      ANSWER_LIMIT_MS,
      this.options.publisherLink.aside((channel) => channel.checkQueue(this.queue)),
    );
    return { waiting: messageCount, consumers: consumerCount };
  }

  sendCheck(id: string): Promise<void> {
    const { publisher, publisherLink, ownAppId } = this.options;
    // It must not be sent later: whoever waits for it counts from now.
    if (publisherLink.channel === undefined) return Promise.reject(new Error('the broker takes no messages'));
    return publisher.publishOnce(JSON.stringify(checkEvent(Date.now())), CHECK_ROUTING_KEY, {
      ...{ messageId: id, appId: ownAppId, persistent: false },
    });
  }

  hasReturned(id: string): boolean {
    return this.returned.has(id);
  }

  repair(): Promise<void> {
    return withTimeout(ANSWER_LIMIT_MS, this.options.consumerLink.declareAgain());
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
