import { randomUUID } from 'node:crypto';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import { waitFor } from './wait-for';

const EXCHANGE = 'canopsis.events';
const ENGINE_QUEUE = 'Engine_heartbeat';
const ALARM_QUEUE = 'test.alarms';

/** The JSON that an alarm's body holds. */
export interface AlarmEvent {
  readonly resource: string;
  readonly state: 0 | 3;
  readonly output: string;
  readonly timestamp: number;
}

/** An alarm as it came over the wire. */
export interface Alarm {
  readonly message: ConsumeMessage;
  readonly body: string;
  readonly event: AlarmEvent;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Another program on the broker, which shares no code with the product: it publishes events as Canopsis does, and keeps a
 * durable queue of the heartbeat engine's alarms, of which it counts every one.
 */
export class BrokerClient {
  /** Every alarm since the beginning, in the order in which they came. */
  readonly alarms: Alarm[] = [];
  private readonly marks = new Set<string>();
  private connection!: ChannelModel;
  private channel!: ConfirmChannel;

  private constructor(private readonly url: string) {}

  static async at(url: string): Promise<BrokerClient> {
    const client = new BrokerClient(url);
    await client.connect();
    return client;
  }

  /** Connects, again after {@link close}: what came for it meanwhile has waited. */
  async connect(): Promise<void> {
    this.connection = await connect(this.url);
    this.connection.on('error', () => undefined);
    this.channel = await this.connection.createConfirmChannel();
    this.channel.on('error', () => undefined);
    await this.channel.assertExchange(EXCHANGE, 'topic', { durable: true });
    await this.channel.assertQueue(ALARM_QUEUE, { durable: true });
    await this.channel.bindQueue(ALARM_QUEUE, EXCHANGE, 'heartbeat.heartbeat.#');
    await this.channel.consume(ALARM_QUEUE, (message) => message && this.take(message));
  }

  /** In good order, so that the broker knows of everything that was taken. */
  async close(): Promise<void> {
    await this.channel.close().catch(() => undefined);
    await this.connection.close().catch(() => undefined);
  }

  /** Publishes events; resolves when the broker has all of them. Rejects while there is none. */
  async publish(events: readonly object[]): Promise<void> {
    const confirms = events.map((event) => this.confirmed(Buffer.from(JSON.stringify(event))));
    await Promise.all(confirms);
  }

  /** Waits until everything that the broker has for it by now is here. */
  async caughtUp(): Promise<void> {
    const messageId = randomUUID();
    this.channel.sendToQueue(ALARM_QUEUE, Buffer.alloc(0), { messageId });
    await waitFor('what the broker has', () => this.marks.has(messageId));
  }

  /** How many events wait for an engine that has room for them. */
  async waiting(): Promise<number> {
    return (await this.channel.checkQueue(ENGINE_QUEUE)).messageCount;
  }

  /** Makes the engine's queue, for events that come before any engine does. */
  async declareEngineQueue(): Promise<void> {
    await this.channel.assertQueue(ENGINE_QUEUE, { durable: true });
    await this.channel.bindQueue(ENGINE_QUEUE, EXCHANGE, '#');
  }

  /** The states that the alarms of a resource told, in order. */
  told(resource: string): number[] {
    return this.of(resource).map(({ event }) => event.state);
  }

  of(resource: string): Alarm[] {
    return this.alarms.filter(({ event }) => event.resource === resource);
  }

  /** Those that tell of a change: without those that repeat the one before them byte for byte. */
  changes(resource: string): Alarm[] {
    const alarms = this.of(resource);
    return alarms.filter(({ body }, n) => body !== alarms[n - 1]?.body);
  }

  /** How often the most frequent alarm of a resource came. */
  mostRepeated(resource: string): number {
    const bodies = this.of(resource).map(({ body }) => body);
    return Math.max(0, ...bodies.map((body) => bodies.filter((other) => other === body).length));
  }

  private confirmed(content: Buffer): Promise<void> {
    const properties = { persistent: true, contentType: 'application/json' };
    return new Promise((resolve, reject) => {
      this.channel.publish(
        EXCHANGE,
        'c1.n1.check.component.host',
        content,
        properties,
        (error: Error | null) => (error ? reject(error) : resolve()),
      );
    });
  }

  private take(message: ConsumeMessage): void {
    this.channel.ack(message);
    const mark: unknown = message.properties.messageId;
    if (typeof mark === 'string') {
      this.marks.add(mark);
      return;
    }
    const body = message.content.toString('utf8');
    this.alarms.push({ message, body, event: JSON.parse(body) as AlarmEvent, at: Date.now() });
  }
}
