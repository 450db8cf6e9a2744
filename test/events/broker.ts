import { Logger } from '@nestjs/common';
import { connect, type ChannelModel, type ConfirmChannel, type GetMessage } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { AmqpTransport } from '../../src/events/amqp/amqp.transport';
import type { AmqpOptions } from '../../src/events/amqp/amqp-options';
import type { CanopsisEvent } from '../../src/events/event';
import type { PoisonReason } from '../../src/events/event-metrics';
import type { EventDelivery } from '../../src/events/event-transport';
import { eventually } from '../support/eventually';

/** A suite that needs this variable: skipped, visibly, where it is not set, unless REQUIRE_OUTSIDE=1 demands it. */
export function describeWith(variable: string, name: string, suite: (value: string) => void): void {
  const value = process.env[variable];
  if (value !== undefined) describe(name, () => suite(value));
  else if (process.env.REQUIRE_OUTSIDE === '1') throw new Error(`${variable} must be set: ${name}`);
  else describe.skip(`${name} (needs ${variable})`, () => it.todo('needs a broker'));
}

/** What the transports logged, instead of the log. */
export function captureLog(): string[] {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (text: unknown): void =>
      void lines.push(`${level}: ${String(text)}`);
  jest.spyOn(Logger.prototype, 'log').mockImplementation(keep('log'));
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(keep('warn'));
  jest.spyOn(Logger.prototype, 'error').mockImplementation(keep('error'));
  return lines;
}

/** A broker's exchange and queue of a test's own, seen from outside, and the transports on them. */
export class TestBroker {
  readonly names = { exchange: `test.${randomUUID()}`, queue: `test.${randomUUID()}` };
  /** Why each message was thrown away. */
  readonly poisoned: PoisonReason[] = [];
  private readonly transports: AmqpTransport[] = [];

  private constructor(
    readonly url: string,
    private readonly connection: ChannelModel,
    readonly channel: ConfirmChannel,
  ) {}

  static async at(url: string): Promise<TestBroker> {
    const connection = await connect(url);
    connection.on('error', () => undefined);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    return new TestBroker(url, connection, channel);
  }

  /** A transport that is already connected, unless it is told not to wait. */
  async transport(options: Partial<AmqpOptions> = {}, { wait = true } = {}): Promise<AmqpTransport> {
    const transport = new AmqpTransport(
      { url: this.url, ...this.names, ...options },
      { eventPoisoned: (reason) => void this.poisoned.push(reason) },
    );
    this.transports.push(transport);
    transport.start();
    if (wait) await eventually(() => transport.status === 'up');
    return transport;
  }

  /** Sends bytes past all transports. */
  async send(body: string | Uint8Array): Promise<void> {
    this.channel.publish(this.names.exchange, 'any.key', Buffer.from(body));
    await this.channel.waitForConfirms();
  }

  /** Takes the next message out of the queue, as soon as there is one. */
  async take(): Promise<GetMessage> {
    let message: GetMessage | false = false;
    await eventually(
      async () => (message = await this.channel.get(this.names.queue, { noAck: true })) !== false,
    );
    return message as unknown as GetMessage;
  }

  /** Messages that no consumer has. */
  async waiting(): Promise<number> {
    return (await this.channel.checkQueue(this.names.queue)).messageCount;
  }

  /** Removes everything that the test made. */
  async close(): Promise<void> {
    await Promise.all(this.transports.map((transport) => transport.close()));
    await this.channel.deleteQueue(this.names.queue).catch(() => undefined);
    await this.channel.deleteExchange(this.names.exchange).catch(() => undefined);
    await this.connection.close().catch(() => undefined);
  }
}

/** Consumes and keeps what comes. */
export async function collect(transport: AmqpTransport): Promise<EventDelivery[]> {
  const deliveries: EventDelivery[] = [];
  await transport.consume((delivery) => void deliveries.push(delivery));
  await eventually(() => transport.hearing);
  return deliveries;
}

/** An event without a problem. */
export function anEvent(more: CanopsisEvent = {}): CanopsisEvent {
  return {
    connector: 'c',
    connector_name: 'n',
    event_type: 'check',
    source_type: 'component',
    component: 'host',
    ...more,
  };
}
