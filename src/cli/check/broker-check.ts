import { randomUUID } from 'node:crypto';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { brokerProblem } from '../../events/amqp/broker-problem';
import { credentialsOf } from '../../events/amqp/credentials';
import { declareTopology, onChannel } from '../../events/amqp/topology';
import { CHECK_ROUTING_KEY, checkEvent } from '../../events/event';
import { APP_ID } from '../../events/amqp/amqp-options';
import type { Settings } from '../../settings/settings';
import { optionalPackage } from '../../util/optional-package';
import { withTimeout } from '../../util/timeout';

/** How long the broker has for each step, in milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Does at the broker what a start does: logs in, declares exchange, queue and binding, sends a check, and reads from the queue
 * (what it gets is given back).
 * @throws Error that says what is wrong, and what to do
 */
export async function checkBroker(url: string, settings: Settings): Promise<void> {
  const amqp = optionalPackage<typeof import('amqplib')>('amqplib', 'RabbitMQ');
  optionalPackage('amqp-connection-manager', 'RabbitMQ');
  let connection: ChannelModel | undefined;
  try {
    const options = { timeout: TIMEOUT_MS, credentials: credentialsOf(url) };
    connection = await withTimeout(TIMEOUT_MS, amqp.connect(url, options));
    await withTimeout(4 * TIMEOUT_MS, work(connection, settings));
  } catch (error) {
    throw new Error(brokerProblem(error, url));
  } finally {
    await withTimeout(TIMEOUT_MS, connection?.close() ?? Promise.resolve()).catch(() => undefined);
  }
}

async function work(connection: ChannelModel, settings: Settings): Promise<void> {
  const { amqpExchange: exchange, amqpQueue: queue } = settings;
  // A closed channel is an error of the connection too; the answer to the call says it already.
  connection.on('error', () => undefined);
  const before = await exists(connection, queue);
  await declareTopology(connection, { exchange, queue });
  try {
    await passes(connection, settings);
  } finally {
    // Nobody reads it yet, and every event of the exchange would be added.
    if (!before) await onChannel(connection, (channel) => channel.deleteQueue(queue, { ifUnused: true }));
  }
}

const exists = (connection: ChannelModel, queue: string): Promise<boolean> =>
  onChannel(connection, (channel) => channel.checkQueue(queue)).then(
    () => true,
    () => false,
  );

async function passes(connection: ChannelModel, settings: Settings): Promise<void> {
  const { amqpExchange: exchange, amqpQueue: queue, pathCheck, role } = settings;
  if (pathCheck === 'on') await publishes(connection, exchange);
  if (role === 'api') return;
  await onChannel(connection, async (channel) => {
    const message = await channel.get(queue);
    if (message !== false) channel.nack(message, false, true);
  });
}

/** A check is what the engine itself sends: it matches no pattern, and no engine takes it for an event. */
async function publishes(connection: ChannelModel, exchange: string): Promise<void> {
  const channel = await connection.createConfirmChannel();
  try {
    await withTimeout(TIMEOUT_MS, confirmed(channel, exchange));
  } finally {
    await channel.close().catch(() => undefined);
  }
}

function confirmed(channel: ConfirmChannel, exchange: string): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.on('error', reject);
    channel.on('close', () => reject(new Error('the broker closed the channel')));
    const body = Buffer.from(JSON.stringify(checkEvent(Date.now())));
    const properties = { messageId: randomUUID(), appId: APP_ID, contentType: 'application/json' };
    channel.publish(exchange, CHECK_ROUTING_KEY, body, properties, (error: Error | null) =>
      error ? reject(error) : resolve(),
    );
  });
}
