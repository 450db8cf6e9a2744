import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { setTimeout as delay } from 'node:timers/promises';

export const EXCHANGE = 'canopsis.events';
export const QUEUE = 'Engine_heartbeat';
const ALARMS = 'faults.alarms';
const PERIOD_MS = 1_000;
const AGAIN_MS = 200;

/** An alarm as it arrived. */
export interface Arrived {
  readonly name: string;
  readonly state: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The world around the engines: one sender for each heartbeat, with an event a second, and somebody who takes the alarms. It
 * connects again for as long as it takes.
 */
export class Senders {
  readonly alarms: Arrived[] = [];
  /** How many checks of the engines went through the exchange: what they ask where the bus is quiet. */
  checks = 0;
  /** Of each that sends nothing, when its last event was handed to the broker; milliseconds since the epoch. */
  readonly diedAt = new Map<string, number>();
  private readonly lastSent = new Map<string, number>();
  private readonly seen = new Set<string>();
  private readonly silent = new Set<string>();
  private connection: ChannelModel | undefined;
  private current: Channel | undefined;
  private stopped = false;
  private paused = false;
  private readonly working: Promise<void>[];

  constructor(
    private readonly url: string,
    private readonly names: readonly string[],
  ) {
    this.working = [this.stayConnected(), this.beat()];
  }

  /** The channel, as soon as there is one: for those who do harm. */
  async channel(): Promise<Channel> {
    while (this.current === undefined) await delay(AGAIN_MS);
    return this.current;
  }

  /** These send nothing from now on. */
  die(names: readonly string[]): void {
    for (const name of names) {
      this.silent.add(name);
      this.diedAt.set(name, this.lastSent.get(name) ?? Date.now());
    }
  }

  /** Nobody sends anything for so long, in milliseconds. */
  async pause(forMs: number): Promise<void> {
    this.paused = true;
    await delay(forMs);
    this.paused = false;
  }

  revive(): void {
    this.silent.clear();
  }

  /** Takes alarms from the exchange, also where that was made anew. */
  async bindAlarms(channel: Channel): Promise<void> {
    await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
    await channel.assertQueue(ALARMS, { durable: true });
    // The routing key of checks is empty.
    for (const key of ['heartbeat.heartbeat.#', '']) await channel.bindQueue(ALARMS, EXCHANGE, key);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.connection?.close().catch(() => undefined);
    await Promise.all(this.working);
  }

  private async stayConnected(): Promise<void> {
    while (!this.stopped) {
      try {
        const connection = await amqp.connect(this.url, { heartbeat: 2, timeout: 3_000 });
        const closed = new Promise<void>((resolve) => connection.once('close', () => resolve()));
        connection.on('error', () => undefined);
        this.connection = connection;
        await Promise.race([this.use(connection), closed]);
        await connection.close().catch(() => undefined);
      } catch {
        await delay(AGAIN_MS);
      }
      this.current = undefined;
    }
  }

  /** Resolves when the channel is gone. */
  private async use(connection: ChannelModel): Promise<void> {
    const channel = await connection.createChannel();
    const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()));
    channel.on('error', () => undefined);
    await this.bindAlarms(channel);
    await channel.consume(ALARMS, (message) => {
      if (message === null) return;
      channel.ack(message);
      this.take(message.content.toString(), message.fields.redelivered);
    });
    this.current = channel;
    await closed;
  }

  /** @param again whether the broker may have given it before */
  private take(body: string, again: boolean): void {
    const { resource, state } = JSON.parse(body) as { resource: string; state: number };
    if (resource === 'engine') this.checks += 1;
    if (resource === 'engine' || (again && this.seen.has(body))) return;
    this.seen.add(body);
    this.alarms.push({ name: resource.replace('component:', ''), state, at: Date.now() });
  }

  private async beat(): Promise<void> {
    while (!this.stopped) {
      const { current } = this;
      for (const name of current === undefined || this.paused ? [] : this.names) {
        if (!this.silent.has(name)) this.send(name);
      }
      await delay(PERIOD_MS);
    }
  }

  private send(component: string): void {
    const event = { connector: 'c', connector_name: 'n', event_type: 'check', component };
    try {
      this.current?.publish(EXCHANGE, 'c.n.check.component.c', Buffer.from(JSON.stringify(event)));
      this.lastSent.set(component, Date.now());
    } catch {
      // The channel is just closing: the next beat has another one.
    }
  }
}
