import amqp from 'amqplib';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An alarm as it comes out of the application. */
export interface Alarm {
  readonly resource: string;
  /** 3 raised, 0 resolved. */
  readonly state: number;
}

/** Where alarms arrive. */
export interface AlarmFeed {
  /** What the application is told, so that its alarms come here. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const ALARMS = 'heartbeat.heartbeat.check.resource.heartbeats.#';

/** A webhook that takes every alarm. */
export async function webhookFeed(onAlarm: (alarm: Alarm) => void): Promise<AlarmFeed> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.writeHead(204).end();
      onAlarm(JSON.parse(body) as Alarm);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    env: { ALARM_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alarms` },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A queue of its own on the broker's exchange, bound to the alarms. */
export async function brokerFeed(url: string, onAlarm: (alarm: Alarm) => void): Promise<AlarmFeed> {
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  await channel.assertExchange('canopsis.events', 'topic', { durable: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'canopsis.events', ALARMS);
  const take = (content: Buffer): void => onAlarm(JSON.parse(content.toString()) as Alarm);
  await channel.consume(queue, (message) => message && take(message.content), { noAck: true });
  return { env: { AMQP_URL: url }, close: () => connection.close() };
}
