import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Channel, ChannelModel } from 'amqplib';
import { BLOCKED, brokerProblem, isRefusal } from '../../events/amqp/broker-problem';
import { credentialsOf } from '../../events/amqp/credentials';
import { declareTopology, onChannel, unboundQueue } from '../../events/amqp/topology';
import { CHECK_ROUTING_KEY, checkEvent } from '../../events/event';
import { APP_ID } from '../../events/amqp/amqp-options';
import type { Settings } from '../../settings/settings';
import { optionalPackage } from '../../util/optional-package';
import { withTimeout } from '../../util/timeout';

/** How long the broker has for each step, in milliseconds. */
const TIMEOUT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;

/**
 * Does at the broker what a start does: logs in, declares exchange, queue and binding, sends a check, and consumes from the
 * queue (what it gets is given back).
 * @throws Error that says what is wrong, and what to do
 */
export async function checkBroker(url: string, settings: Settings): Promise<void> {
  optionalPackage('amqp-connection-manager', 'RabbitMQ');
  try {
    await connected(url, 4 * TIMEOUT_MS, (connection) => work(connection, url, settings));
  } catch (error) {
    throw new Error(brokerProblem(error, url));
  }
}

/** Does something on a connection of its own, which ends then, whether or not the broker agrees. */
async function connected(
  url: string,
  limitMs: number,
  act: (connection: ChannelModel) => Promise<void>,
): Promise<void> {
  const amqp = optionalPackage<typeof import('amqplib')>('amqplib', 'RabbitMQ');
  const options = { timeout: TIMEOUT_MS, credentials: credentialsOf(url) };
  const connection = await withTimeout(TIMEOUT_MS, amqp.connect(url, options));
  // A closed channel is an error of the connection too; the answer to the call says it already.
  connection.on('error', () => undefined);
  try {
    await withTimeout(limitMs, act(connection));
  } finally {
    await withTimeout(CLOSE_LIMIT_MS, connection.close()).catch(() => undefined);
    // With an error, upon which amqplib ends its timers and all that still waits for an answer.
    const { stream } = connection.connection as unknown as { stream: Socket };
    stream.destroy(new Error('given up'));
  }
}

async function work(connection: ChannelModel, url: string, settings: Settings): Promise<void> {
  const { amqpExchange: exchange, amqpQueue: queue } = settings;
  const before = await exists(connection, queue);
  const unbound = await declareTopology(connection, { exchange, queue });
  try {
    await withTimeout(2 * TIMEOUT_MS, passes(connection, url, settings, unbound));
  } finally {
    // Nobody reads it yet, and every event of the exchange would be added. Where an engine reads it by now, it stays.
    const removal = (channel: Channel): Promise<unknown> => channel.deleteQueue(queue, { ifUnused: true });
    if (!before) await onChannel(connection, removal).catch(() => undefined);
  }
}

const exists = (connection: ChannelModel, queue: string): Promise<boolean> =>
  onChannel(connection, (channel) => channel.checkQueue(queue)).then(
    () => true,
    // One that may not be looked at is not ours to remove.
    (error) => !isRefusal(error, 'NOT_FOUND'),
  );

/** @param unbound why the binding could not be made */
async function passes(
  connection: ChannelModel,
  url: string,
  settings: Settings,
  unbound: string | undefined,
): Promise<void> {
  const { amqpExchange: exchange, amqpQueue: queue, pathCheck, role } = settings;
  const unrouted =
    unbound &&
    `what is sent to the exchange ${exchange} comes to no queue, and ${unboundQueue(queue, unbound)}`;
  // As in a start, on another connection: where the broker holds that back, the queue can still be removed.
  if (pathCheck === 'on')
    await connected(url, TIMEOUT_MS, (publishing) => publishes(publishing, exchange, unrouted));
  if (role === 'api') return;
  // What comes meanwhile is given back as the channel is closed.
  await onChannel(connection, async (channel) => {
    await channel.prefetch(1);
    const { consumerTag } = await channel.consume(queue, () => undefined);
    await channel.cancel(consumerTag);
  });
}

/**
 * A check is what the engine itself sends: it matches no pattern, and no engine takes it for an event.
 * @param unrouted what is wrong where it comes to no queue; undefined where the queue is bound
 */
async function publishes(
  connection: ChannelModel,
  exchange: string,
  unrouted: string | undefined,
): Promise<void> {
  const channel = await connection.createConfirmChannel();
  return new Promise((resolve, reject) => {
    connection.on('blocked', () => reject(new Error(BLOCKED)));
    channel.on('error', reject);
    channel.on('close', () => reject(new Error('the broker closed the channel')));
    channel.on('return', () => reject(new Error(unrouted)));
    const body = Buffer.from(JSON.stringify(checkEvent(Date.now())));
    const properties = {
      messageId: randomUUID(),
      appId: APP_ID,
      contentType: 'application/json',
      mandatory: unrouted !== undefined,
    };
    channel.publish(exchange, CHECK_ROUTING_KEY, body, properties, (error: Error | null) =>
      error ? reject(error) : resolve(),
    );
  });
}
