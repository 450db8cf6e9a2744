import type { Logger } from '@nestjs/common';
import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { withTimeout } from '../../util/timeout';
import type { AmqpNames } from './amqp-options';
import { optionalPackage } from '../../util/optional-package';
import { BLOCKED } from './broker-problem';
import { credentialsOf } from './credentials';
import type { ProblemLog } from './problem-log';
import { declareTopology, onChannel } from './topology';

/**
 * How often each side shows that it lives, in seconds. A broker that freezes, or that the network no longer reaches, is given up
 * after two to three times as long; until then its silence looks like the clients' silence, so this is short.
 */
const HEARTBEAT_S = 2;
const FIRST_RETRY_S = 0.25;
const LAST_RETRY_S = 5;
const CONNECT_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;

/** What the log is told of when something is declared on a connection that is up, and goes on being so. */
const DECLARING = 'declaring';

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
  /** Called when the broker begins, and when it ends, to hold back publishers. */
  readonly onBlocked?: () => void;
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
  private isBlocked = false;
  private closing = false;
  /** The broker ended a channel that was open: that another one opens does not show yet that it may be used. */
  private unproven = false;
  private readonly waiters = new Set<Waiter>();
  /** Why the broker closed a channel. */
  private readonly ends = new WeakMap<ConfirmChannel, unknown>();

  constructor(private readonly options: AmqpLinkOptions) {}

  /** The channel, while there is one and the broker takes messages. */
  get channel(): ConfirmChannel | undefined {
    return this.isBlocked ? undefined : this.open;
  }

  /** Whether the broker holds back publishers on this connection. */
  get blocked(): boolean {
    return this.isBlocked;
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
        credentials: credentialsOf(this.options.url),
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
    return withTimeout(limitMs, opened).finally(() => this.waiters.delete(waiter));
  }

  /** Gives the channel up; another one is made on a new connection. */
  async reopen(): Promise<void> {
    await this.open?.close().catch(() => undefined);
  }

  /** Declares exchange, queue and binding anew. Rejects where the broker does not let it, after the log has said why. */
  async declareAgain(): Promise<void> {
    const { problems } = this.options;
    try {
      await this.declare(this.connection());
      problems.forget(DECLARING);
    } catch (error) {
      problems.report(DECLARING, error);
      throw error;
    }
  }

  /** Does something on a channel of its own, so that a refusal ends nothing else. */
  async aside<T>(act: (channel: Channel) => Promise<T>): Promise<T> {
    return onChannel(this.connection(), act);
  }

  /** Publishes on a channel of its own, so that a refusal ends nothing else. Rejects with the broker's reason where it has one. */
  async confirmedAside<T>(act: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    const channel = await this.connection().createConfirmChannel();
    let end: unknown;
    channel.on('error', (error: unknown) => void (end = error));
    try {
      return await act(channel);
    } catch (error) {
      throw end ?? error;
    } finally {
      await channel.close().catch(() => undefined);
    }
  }

  /** To be called when the broker has done on a channel what the channel is for. */
  worked(): void {
    if (!this.unproven) return;
    this.unproven = false;
    this.options.problems.solved(this.options.name);
  }

  /** @returns the error with which the broker closed a channel, where it did */
  endOf(channel: ConfirmChannel): unknown {
    return this.ends.get(channel);
  }

  private async declare(connection: ChannelModel): Promise<void> {
    const { names, problems } = this.options;
    problems.binding(names, await declareTopology(connection, names));
  }

  private connection(): ChannelModel {
    const connection = this.manager?.connection;
    if (connection === undefined) throw new Error('the broker is away');
    return connection;
  }

  /** Closes channel and connection, in good order where the broker answers. Never rejects. */
  async close(): Promise<void> {
    this.closing = true;
    for (const waiter of this.waiters) waiter.reject(new Error('the event transport is closed'));
    if (this.manager === undefined) return;
    this.manager.reconnectTimeInSeconds = 0;
    await withTimeout(CLOSE_LIMIT_MS, this.reopen()).catch(() => undefined);
    await withTimeout(CLOSE_LIMIT_MS, this.manager.close()).catch(() => undefined);
  }

  private async openChannel(connection: ChannelModel | undefined): Promise<void> {
    if (this.closing || connection === undefined) return;
    this.setBlocked(false);
    try {
      await this.declare(connection);
      const channel = await connection.createConfirmChannel();
      let usable = true;
      channel.once('close', () => {
        usable = false;
        this.lost(channel, connection);
      });
      channel.on('error', (error) => {
        this.ends.set(channel, error);
        if (this.open === channel) this.problem(error, true);
      });
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
    if (!this.unproven) this.options.problems.solved(this.options.name);
    this.releaseWaiters();
  }

  private lost(channel: ConfirmChannel, connection: ChannelModel): void {
    if (this.open === channel) this.open = undefined;
    this.options.onLost?.();
    if (!this.closing) void giveUp(connection);
  }

  private setBlocked(blocked: boolean): void {
    if (blocked === this.isBlocked) return;
    this.isBlocked = blocked;
    this.options.onBlocked?.();
    if (blocked) this.options.logger.warn(BLOCKED);
    else this.releaseWaiters();
  }

  private releaseWaiters(): void {
    const { channel } = this;
    if (channel !== undefined) for (const waiter of this.waiters) waiter.resolve(channel);
  }

  private problem(error: unknown, unproven = false): void {
    if (this.closing) return;
    this.unproven = unproven;
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

/** Ends the connection, upon which the manager makes another one. One that has ended already is none of our business. */
function giveUp(connection: ChannelModel): Promise<void> {
  return connection.close().catch(() => undefined);
}
