import { Logger } from '@nestjs/common';
import type { ConfirmChannel } from 'amqplib';
import { type EventMetrics, NO_EVENT_METRICS } from '../event-metrics';
import { AmqpConsumer } from './amqp-consumer';
import { AmqpLink } from './amqp-link';
import { APP_ID, type AmqpOptions, namesIn } from './amqp-options';
import { AmqpPath } from './amqp-path';
import { AmqpPublisher } from './amqp-publisher';
import { type CanopsisEvent, routingKey } from '../event';
import {
  type AlarmPublisher,
  type BrokerStatus,
  DEFAULT_PREFETCH,
  type EventHandler,
  type EventTransport,
  type PublishOptions,
} from '../event-transport';
import { ConsumerLiveness } from '../consumer-liveness';
import { ProblemLog } from './problem-log';
import { UnreadQueueWatch } from './unread-queue-watch';

/**
 * Events over RabbitMQ (AMQP 0-9-1; contract: engine, "Events in" and "Alarms out"). Publishing and consuming have a
 * connection each, as RabbitMQ advises: a broker short of memory stops reading from those that publish, and
 * acknowledgements must still reach it. The consumer's connection is made when something consumes.
 */
export class AmqpTransport implements EventTransport, AlarmPublisher {
  readonly path: AmqpPath;
  private readonly heard = new ConsumerLiveness();
  private readonly consumer: AmqpConsumer;
  private readonly publisher: AmqpPublisher;
  private readonly consumerLink: AmqpLink;
  private readonly publisherLink: AmqpLink;
  private readonly unread: UnreadQueueWatch;
  private consumerStarted = false;

  /** @param metrics told of each message that is thrown away */
  constructor(options: AmqpOptions, metrics: EventMetrics = NO_EVENT_METRICS) {
    const logger = new Logger(AmqpTransport.name);
    const names = namesIn(options);
    const link = {
      url: options.url,
      names,
      logger,
      problems: new ProblemLog(logger, options.url),
      onBlocked: () => this.path.changed(),
    };
    this.consumer = new AmqpConsumer({
      queue: names.queue,
      prefetch: options.prefetch ?? DEFAULT_PREFETCH,
      ownAppId: APP_ID,
      hearing: this.heard,
      logger,
      metrics,
      onArrival: (message) => this.path.arrived(message),
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
    this.path = new AmqpPath({
      names,
      ownAppId: APP_ID,
      consumerLink: this.consumerLink,
      publisherLink: this.publisherLink,
      publisher: this.publisher,
    });
    this.unread = new UnreadQueueWatch({
      ...{ logger, queue: names.queue },
      look: () => this.path.inspectFromAfar(),
    });
  }

  /**
   * Begins to connect, and goes on trying for as long as it takes. Throws where the AMQP packages are not installed.
   * @param hasEngine whether an engine of this process is to consume; otherwise the log says where nobody does
   */
  start(hasEngine = false): void {
    this.publisherLink.start();
    if (!hasEngine) this.unread.start();
  }

  get hearing(): boolean {
    return this.heard.now;
  }

  get status(): BrokerStatus {
    // The user may be let publish and not read.
    const deaf = this.consumer.isWanted && !this.hearing;
    return this.publisherLink.channel === undefined || deaf ? 'down' : 'up';
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

  publish(event: CanopsisEvent, { text, ...limit }: PublishOptions = {}): Promise<void> {
    return this.publisher.publish(text ?? JSON.stringify(event), routingKey(event), limit);
  }

  publishAlarm(body: string, key: string): Promise<void> {
    return this.publisher.publishOnce(body, key, { appId: APP_ID });
  }

  async backlog(): Promise<number> {
    return this.consumerLink.channel === undefined ? 0 : (await this.path.inspect()).waiting;
  }

  onHearingChange(listener: (hearing: boolean) => void): () => void {
    return this.heard.onChange(listener);
  }

  async close(): Promise<void> {
    this.unread.stop();
    await this.stopConsuming();
    this.consumer.close();
    this.consumer.flush();
    await Promise.all([this.consumerLink.close(), this.publisherLink.close()]);
  }
}
