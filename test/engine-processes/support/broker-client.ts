import { randomUUID } from 'node:crypto';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import { waitFor } from './wait-for';

const EXCHANGE = 'canopsis.events';
const ENGINE_QUEUE = 'Engine_heartbeat';
const ALARM_QUEUE = 'test.alarms';
/** Has every alarm since the beginning, because nothing is taken from it as long as the broker is well. */
const LEDGER_QUEUE = 'test.ledger';

/** The resource of an engine's checks, which are no alarms. */
const CHECKED = 'engine';

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
  /** How many checks of the way came. */
  checks = 0;
  private readonly marks = new Set<string>();
  private connection!: ChannelModel;
  private channel!: ConfirmChannel;
  private queue = ALARM_QUEUE;

  private constructor(private readonly url: string) {}

  /** Begins with empty queues of its own, whatever another test left in them. */
  static async at(url: string): Promise<BrokerClient> {
    const client = new BrokerClient(url);
    await client.open();
    for (const queue of [ALARM_QUEUE, LEDGER_QUEUE]) await client.channel.deleteQueue(queue);
    await client.consume(ALARM_QUEUE);
    return client;
  }

  /**
   * Connects to a broker that was killed after {@link close}. Such a broker forgets that messages were taken just before,
   * and gives them again, so all alarms are counted anew.
   */
  async connectAgain(): Promise<void> {
    this.alarms.length = 0;
    await this.open();
    await this.consume(LEDGER_QUEUE);
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
    this.channel.sendToQueue(this.queue, Buffer.alloc(0), { messageId });
    await waitFor('what the broker has', () => this.marks.has(messageId));
  }

  /** Binds its own queues again, where the exchange was made anew. */
  async bindAgain(): Promise<void> {
    for (const name of [ALARM_QUEUE, LEDGER_QUEUE]) {
      await this.bindToAlarms(name);
    }
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

  private async open(): Promise<void> {
    this.connection = await connect(this.url);
    this.connection.on('error', () => undefined);
    this.channel = await this.connection.createConfirmChannel();
    this.channel.on('error', () => undefined);
  }

  /** And to the checks, whose routing key is empty. */
  private async bindToAlarms(queue: string): Promise<void> {
    for (const key of ['heartbeat.heartbeat.#', '']) await this.channel.bindQueue(queue, EXCHANGE, key);
  }

  private async consume(queue: string): Promise<void> {
    await this.channel.assertExchange(EXCHANGE, 'topic', { durable: true });
    for (const name of [ALARM_QUEUE, LEDGER_QUEUE]) {
      await this.channel.assertQueue(name, { durable: true });
      await this.bindToAlarms(name);
    }
    await this.channel.consume(queue, (message) => message && this.take(message));
    this.queue = queue;
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
    if (typeof mark === 'string' && message.fields.exchange === '') {
      this.marks.add(mark);
      return;
    }
    const body = message.content.toString('utf8');
    const event = JSON.parse(body) as AlarmEvent;
    if (event.resource === CHECKED) this.checks += 1;
    else this.alarms.push({ message, body, event, at: Date.now() });
  }
}
