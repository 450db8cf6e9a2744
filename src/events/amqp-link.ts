import type { Logger } from '@nestjs/common';
import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { within } from '../time/within';
import type { AmqpNames } from './amqp-options';
import { optionalPackage } from '../optional-package';
import type { ProblemLog } from './problem-log';

/**
 * How often each side shows that it lives, in seconds. A broker that freezes, or that the network no longer reaches, is given up
 * after two to three times as long; until then its silence looks like the clients' silence, so this is short.
 */
const HEARTBEAT_S = 2;
const FIRST_RETRY_S = 0.25;
const LAST_RETRY_S = 5;
const CONNECT_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;

/** What an {@link AmqpLink} is made of. */
export interface AmqpLinkOptions {
  readonly url: string;
  /** Shown in the broker's list of connections. */
  readonly name: string;
  readonly names: AmqpNames;
  readonly problems: ProblemLog;
  readonly logger: Logger;
  /** Called with each new channel, once the topology stands. */
  readonly onOpen?: (channel: ConfirmChannel) => Promise<void>;
  /** Called when the channel is gone. */
  readonly onLost?: () => void;
}

interface Waiter {
  resolve(channel: ConfirmChannel): void;
  reject(error: Error): void;
}

/**
 * One connection with one channel, kept open: after any failure the connection is made anew, at first at once, then
 * every 5 s at most, and exchange, queue and binding are declared again (contract: engine, "Events in").
 */
export class AmqpLink {
  private manager: AmqpConnectionManager | undefined;
  private open: ConfirmChannel | undefined;
  private blocked = false;
  private closing = false;
  private readonly waiters = new Set<Waiter>();

  constructor(private readonly options: AmqpLinkOptions) {}

  /** The channel, while there is one and the broker takes messages. */
  get channel(): ConfirmChannel | undefined {
    return this.blocked ? undefined : this.open;
  }

  /** Begins to connect; whether that succeeds is seen by `channel`. Throws where the AMQP packages are not installed. */
  start(): void {
    const { connect } = amqpPackage();
    this.manager = connect([this.options.url], {
      heartbeatIntervalInSeconds: HEARTBEAT_S,
      reconnectTimeInSeconds: FIRST_RETRY_S,
      connectionOptions: {
        timeout: CONNECT_LIMIT_MS,
        noDelay: true,
        clientProperties: { connection_name: this.options.name },
      },
    });
    this.manager.on('connect', () => void this.openChannel(this.manager?.connection));
    this.manager.on('connectFailed', ({ err }) => this.problem(err));
    this.manager.on('disconnect', ({ err }) => err && this.problem(err));
    this.manager.on('blocked', () => this.setBlocked(true));
    this.manager.on('unblocked', () => this.setBlocked(false));
  }

  /** The channel as soon as there is one. Rejects after so many milliseconds, and when the link is closed. */
  whenOpen(limitMs: number): Promise<ConfirmChannel> {
    const { channel } = this;
    if (channel !== undefined) return Promise.resolve(channel);
    let waiter!: Waiter;
    const opened = new Promise<ConfirmChannel>((resolve, reject) => {
      waiter = { resolve, reject };
      if (this.closing) reject(new Error('the event transport is closed'));
    });
    this.waiters.add(waiter);
    return within(limitMs, opened).finally(() => this.waiters.delete(waiter));
  }

  /** Gives the channel up; another one is made on a new connection. */
  async reopen(): Promise<void> {
    await this.open?.close().catch(() => undefined);
  }

  /** Closes channel and connection, in good order where the broker answers. Never rejects. */
  async close(): Promise<void> {
    this.closing = true;
    for (const waiter of this.waiters) waiter.reject(new Error('the event transport is closed'));
    if (this.manager === undefined) return;
    this.manager.reconnectTimeInSeconds = 0;
    await within(CLOSE_LIMIT_MS, this.reopen()).catch(() => undefined);
    await within(CLOSE_LIMIT_MS, this.manager.close()).catch(() => undefined);
  }

  private async openChannel(connection: ChannelModel | undefined): Promise<void> {
    if (this.closing || connection === undefined) return;
    this.blocked = false;
    try {
      const channel = await connection.createConfirmChannel();
      let usable = true;
      channel.once('close', () => {
        usable = false;
        this.lost(channel, connection);
      });
      channel.on('error', (error) => this.open === channel && this.problem(error));
      await declare(channel, this.options.names);
      await this.options.onOpen?.(channel);
      if (usable) this.opened(channel);
    } catch (error) {
      this.problem(error);
      await giveUp(connection);
    }
  }

  private opened(channel: ConfirmChannel): void {
    this.open = channel;
    if (this.manager) this.manager.reconnectTimeInSeconds = FIRST_RETRY_S;
    this.options.problems.solved(this.options.name);
    this.releaseWaiters();
  }

  private lost(channel: ConfirmChannel, connection: ChannelModel): void {
    if (this.open === channel) this.open = undefined;
    this.options.onLost?.();
    if (!this.closing) void giveUp(connection);
  }

  private setBlocked(blocked: boolean): void {
    this.blocked = blocked;
    if (blocked)
      this.options.logger.warn('The broker takes no messages for now: it lacks memory or disk space');
    else this.releaseWaiters();
  }

  private releaseWaiters(): void {
    const { channel } = this;
    if (channel !== undefined) for (const waiter of this.waiters) waiter.resolve(channel);
  }

  private problem(error: unknown): void {
    if (this.closing) return;
    if (this.manager) {
      const next = Math.min(LAST_RETRY_S, 2 * this.manager.reconnectTimeInSeconds);
      this.manager.reconnectTimeInSeconds = next;
    }
    this.options.problems.report(this.options.name, error);
  }
}

/** Hosts without a broker do not install these. */
function amqpPackage(): typeof import('amqp-connection-manager') {
  optionalPackage('amqplib', 'RabbitMQ');
  return optionalPackage('amqp-connection-manager', 'RabbitMQ');
}

async function declare(channel: ConfirmChannel, { exchange, queue }: AmqpNames): Promise<void> {
  await channel.assertExchange(exchange, 'topic', { durable: true });
  await channel.assertQueue(queue, { durable: true, exclusive: false, autoDelete: false });
  await channel.bindQueue(queue, exchange, '#');
}

/** Ends the connection, upon which the manager makes another one. One that has ended already is none of our business. */
function giveUp(connection: ChannelModel): Promise<void> {
  return connection.close().catch(() => undefined);
}
