import type { Logger } from '@nestjs/common';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { EventMetrics } from '../event-metrics';
import { Acknowledgements } from './acknowledgements';
import { deliver } from '../delivery';
import { type CanopsisEvent, isEngineAlarm } from '../event';
import { readEventBody } from './event-body';
import { PoisonLog } from './poison-log';
import type { EventHandler } from '../event-transport';
import type { ConsumerLiveness } from '../consumer-liveness';
import { systemClock } from '../../util/clock';
import { StandstillDetector } from '../../util/standstill';

/**
 * After a standstill of this length the channel is given up, in milliseconds: less than a broker takes to give it up itself,
 * and hand what was on its way to somebody else.
 */
const STANDSTILL_MS = 3_000;

/** What an {@link AmqpConsumer} is made of. */
export interface AmqpConsumerOptions {
  readonly queue: string;
  readonly prefetch: number;
  /** The `app_id` of our own alarms. */
  readonly ownAppId: string;
  readonly hearing: ConsumerLiveness;
  readonly logger: Logger;
  readonly metrics: EventMetrics;
  /** Called for each message, before anything else is done with it. */
  readonly onArrival: (message: ConsumeMessage) => void;
  /** Called when the broker ended the consuming, or the process stood still: the channel is of no use any more. */
  readonly onCancelled: () => void;
}

/** Turns the messages of a queue into deliveries, on whatever channel there is at the time. */
export class AmqpConsumer {
  private readonly poisonLog: PoisonLog;
  private handler: EventHandler | undefined;
  private channel: ConfirmChannel | undefined;
  private tag: string | undefined;
  /** Of the channel, whoever consumed on it: acknowledging several messages at once settles all older ones of a channel. */
  private acknowledgements: Acknowledgements | undefined;
  private stopping: Promise<void> | undefined;
  private readonly standstill: StandstillDetector;

  constructor(private readonly options: AmqpConsumerOptions) {
    this.poisonLog = new PoisonLog(options.logger);
    this.standstill = new StandstillDetector(systemClock, STANDSTILL_MS, () => this.giveUp());
  }

  /** Takes the engine's handler; false where there is one already. */
  register(handler: EventHandler): boolean {
    if (this.handler !== undefined) return false;
    this.handler = handler;
    return true;
  }

  /** Whether somebody waits for messages, consumed or not. */
  get isWanted(): boolean {
    return this.handler !== undefined;
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

  /** What was delivered before a standstill is somebody else's by now, never an event of this moment. */
  private giveUp(): void {
    if (this.channel === undefined) return;
    this.options.logger.warn('The process stood still: its channel to the broker is given up for a new one');
    this.cancelled();
  }

  private cancelled(): void {
    this.lost();
    this.options.onCancelled();
  }

  /** To be called when nothing will be consumed any more. */
  close(): void {
    this.standstill.stop();
    this.poisonLog.stop();
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
    this.standstill.look();
    if (this.channel === undefined || acknowledgements !== this.acknowledgements) return;
    if (message === null) {
      const { logger, queue } = this.options;
      logger.warn(`The broker ended the consuming of ${queue}, as where it is deleted: it is declared again`);
      this.cancelled();
      return;
    }
    this.options.onArrival(message);
    const delivered = { fields: { deliveryTag: message.fields.deliveryTag } };
    acknowledgements.delivered(delivered);
    const event = message.properties.appId === this.options.ownAppId ? undefined : this.read(message);
    if (event === undefined) acknowledgements.ack(delivered);
    else if (this.handler === undefined) acknowledgements.requeue(delivered);
    else
      deliver(event, this.handler, {
        ack: () => acknowledgements.ack(delivered),
        requeue: () => acknowledgements.requeue(delivered),
        failed: (error) =>
          this.options.logger.error('The engine threw on an event; it will get it again', error),
      });
  }

  /** The event in a message, unless it is poisoned or an alarm. */
  private read(message: ConsumeMessage): CanopsisEvent | undefined {
    const event = readEventBody(message.content);
    if (typeof event !== 'string') return isEngineAlarm(event) ? undefined : event;
    this.options.metrics.eventPoisoned(event);
    this.poisonLog.note(message, event);
    return undefined;
  }
}
