import { Logger } from '@nestjs/common';
import type { ConfirmChannel } from 'amqplib';
import { type EngineMetrics, NO_METRICS } from '../metrics/engine-metrics';
import { within } from '../time/within';
import { AmqpConsumer } from './amqp-consumer';
import { AmqpLink } from './amqp-link';
import { type AmqpOptions, namesIn } from './amqp-options';
import { AmqpPublisher } from './amqp-publisher';
import { type CanopsisEvent, routingKey } from './event';
import {
  ALARM_CONFIRM_LIMIT_MS,
  type BrokerStatus,
  DEFAULT_PREFETCH,
  type EventHandler,
  type EventTransport,
} from './event-transport';
import { Hearing } from './hearing';
import { ProblemLog } from './problem-log';

/** The `app_id` that alarms carry, so that they are known without being read; their fields decide all the same. */
const APP_ID = 'canopsis-heartbeat';

/** How long the broker has to say what waits in the queue. */
const BACKLOG_LIMIT_MS = 2_000;

/**
 * Events over RabbitMQ (AMQP 0-9-1; contract: engine, "Events in" and "Alarms out"). Publishing and consuming have a
 * connection each, as RabbitMQ advises: a broker short of memory stops reading from those that publish, and
 * acknowledgements must still reach it. The consumer's connection is made when something consumes.
 */
export class AmqpTransport implements EventTransport {
  private readonly heard = new Hearing();
  private readonly consumer: AmqpConsumer;
  private readonly publisher: AmqpPublisher;
  private readonly consumerLink: AmqpLink;
  private readonly publisherLink: AmqpLink;
  private readonly queue: string;
  private consumerStarted = false;

  /** @param metrics told of each message that is thrown away */
  constructor(options: AmqpOptions, metrics: Pick<EngineMetrics, 'eventPoisoned'> = NO_METRICS) {
    const logger = new Logger(AmqpTransport.name);
    const names = namesIn(options);
    const link = { url: options.url, names, logger, problems: new ProblemLog(logger) };
    this.queue = names.queue;
    this.consumer = new AmqpConsumer({
      queue: names.queue,
      prefetch: options.prefetch ?? DEFAULT_PREFETCH,
      ownAppId: APP_ID,
      hearing: this.heard,
      logger,
      metrics,
      onCancelled: () => void this.consumerLink.reopen(),
    });
    this.consumerLink = new AmqpLink({
      ...link,
      name: 'consuming',
      onOpen: (channel) => this.consumer.consumeOn(channel),
      onLost: () => this.consumer.lost(),
    });
    this.publisherLink = new AmqpLink({ ...link, name: 'publishing' });
    this.publisher = new AmqpPublisher(this.publisherLink, names.exchange);
  }

  /** Begins to connect, and goes on trying for as long as it takes. Throws where the AMQP packages are not installed. */
  start(): void {
    this.publisherLink.start();
  }

  get hearing(): boolean {
    return this.heard.now;
  }

  get status(): BrokerStatus {
    return this.publisherLink.channel === undefined ? 'down' : 'up';
  }

  /** How many messages were thrown away because they were no JSON objects. */
  get poisoned(): number {
    return this.consumer.poisoned;
  }

  async consume(handler: EventHandler): Promise<void> {
    if (!this.consumer.register(handler)) throw new Error('there is a consumer already');
    const { channel } = this.consumerLink;
    if (channel !== undefined) await this.consumeOn(channel);
    else if (!this.consumerStarted) {
      this.consumerStarted = true;
      this.consumerLink.start();
    }
  }

  /** Where it does not succeed there is no consumer, so that it can be tried again. */
  private async consumeOn(channel: ConfirmChannel): Promise<void> {
    try {
      await this.consumer.consumeOn(channel);
    } catch (error) {
      await this.consumer.stop();
      throw error;
    }
  }

  stopConsuming(): Promise<void> {
    return this.consumer.stop();
  }

  publish(event: CanopsisEvent): Promise<void> {
    return this.publisher.publish(event, routingKey(event));
  }

  publishAlarm(event: CanopsisEvent, key: string): Promise<void> {
    return this.publisher.publish(event, key, { appId: APP_ID }, ALARM_CONFIRM_LIMIT_MS);
  }

  async backlog(): Promise<number> {
    const { channel } = this.consumerLink;
    if (channel === undefined) return 0;
    return (await within(BACKLOG_LIMIT_MS, channel.checkQueue(this.queue))).messageCount;
  }

  onHearingChange(listener: (hearing: boolean) => void): () => void {
    return this.heard.onChange(listener);
  }

  async close(): Promise<void> {
    await this.stopConsuming();
    this.consumer.flush();
    await Promise.all([this.consumerLink.close(), this.publisherLink.close()]);
  }
}
