import { isUtf8 } from 'node:buffer';
import type { Logger } from '@nestjs/common';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { EngineMetrics } from '../metrics/engine-metrics';
import { Acknowledgements } from './acknowledgements';
import { deliver } from './delivery';
import { type CanopsisEvent, isEngineAlarm, isJsonObject } from './event';
import type { EventHandler } from './event-transport';
import type { Hearing } from './hearing';

/** Poisoned messages are mentioned in the log once in so many milliseconds. */
const POISON_LOG_MS = 60_000;

/** What an {@link AmqpConsumer} is made of. */
export interface AmqpConsumerOptions {
  readonly queue: string;
  readonly prefetch: number;
  /** The `app_id` of our own alarms. */
  readonly ownAppId: string;
  readonly hearing: Hearing;
  readonly logger: Logger;
  readonly metrics: Pick<EngineMetrics, 'eventPoisoned'>;
  /** Called when the broker ended the consuming, for example because the queue was deleted. */
  readonly onCancelled: () => void;
}

/** Turns the messages of a queue into deliveries, on whatever channel there is at the time. */
export class AmqpConsumer {
  /** How many messages were no JSON objects. */
  poisoned = 0;
  private poisonLogAt = -Infinity;
  private handler: EventHandler | undefined;
  private channel: ConfirmChannel | undefined;
  private tag: string | undefined;
  /** Of the channel, whoever consumed on it: acknowledging several messages at once settles all older ones of a channel. */
  private acknowledgements: Acknowledgements | undefined;
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: AmqpConsumerOptions) {}

  /** Takes the engine's handler; false where there is one already. */
  register(handler: EventHandler): boolean {
    if (this.handler !== undefined) return false;
    this.handler = handler;
    return true;
  }

  /** Consumes on this channel, where there is a handler. Rejects where the broker refuses, or the channel is lost meanwhile. */
  async consumeOn(channel: ConfirmChannel): Promise<void> {
    const { queue, prefetch } = this.options;
    if (this.channel !== channel) this.acknowledgements = new Acknowledgements(channel, prefetch);
    this.channel = channel;
    const { acknowledgements } = this;
    if (this.handler === undefined || acknowledgements === undefined) return;
    await channel.prefetch(prefetch);
    const { consumerTag } = await channel.consume(queue, (message) =>
      this.receive(acknowledgements, message),
    );
    if (this.channel !== channel) throw new Error('the channel was lost when consuming began');
    this.tag = consumerTag;
    if (this.handler === undefined) await this.stop();
    else this.options.hearing.set(true);
  }

  /** The channel is gone, and with it what was unacknowledged: the broker delivers that again. */
  lost(): void {
    this.channel = undefined;
    this.tag = undefined;
    this.options.hearing.set(false);
  }

  /** Ends the consuming; deliveries already made can still be settled. */
  stop(): Promise<void> {
    this.stopping ??= this.end().finally(() => (this.stopping = undefined));
    return this.stopping;
  }

  private async end(): Promise<void> {
    const { channel, tag } = this;
    this.tag = undefined;
    if (channel !== undefined && tag !== undefined) await channel.cancel(tag).catch(() => undefined);
    this.handler = undefined;
    this.options.hearing.set(false);
  }

  /** Tells the broker of all that has been acknowledged; to be called before the channel is closed. */
  flush(): void {
    this.acknowledgements?.flush();
  }

  private receive(acknowledgements: Acknowledgements, message: ConsumeMessage | null): void {
    if (message === null) {
      this.lost();
      this.options.onCancelled();
      return;
    }
    acknowledgements.delivered(message);
    const event = message.properties.appId === this.options.ownAppId ? undefined : this.read(message.content);
    if (event === undefined) acknowledgements.ack(message);
    else if (this.handler === undefined) acknowledgements.requeue(message);
    else
      deliver(event, this.handler, {
        ack: () => acknowledgements.ack(message),
        requeue: () => acknowledgements.requeue(message),
        failed: (error) =>
          this.options.logger.error('The engine threw on an event; it will get it again', error),
      });
  }

  /** The event in a body, unless it is poisoned or an alarm. */
  private read(content: Buffer): CanopsisEvent | undefined {
    let event: unknown;
    try {
      event = isUtf8(content) ? JSON.parse(content.toString('utf8')) : undefined;
    } catch {
      event = undefined;
    }
    if (isJsonObject(event)) return isEngineAlarm(event) ? undefined : event;
    this.countPoison();
    return undefined;
  }

  private countPoison(): void {
    this.poisoned += 1;
    this.options.metrics.eventPoisoned();
    if (performance.now() - this.poisonLogAt < POISON_LOG_MS) return;
    this.poisonLogAt = performance.now();
    this.options.logger.warn(`A message that is no JSON object was thrown away; ${this.poisoned} so far`);
  }
}
