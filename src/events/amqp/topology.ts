import type { Channel, ChannelModel } from 'amqplib';
import type { AmqpNames } from './amqp-options';
import { isRefusal } from './broker-problem';

/** The types of exchange that hand every event to a binding with `#`. */
const GOOD_TYPES = new Set(['topic', 'fanout']);

/** Exchange or queue exist, but of a kind with which nothing can come; the message says what to do. */
export class UnusableTopologyError extends Error {
  override readonly name = 'UnusableTopologyError';
}

/**
 * Declares exchange, queue and binding as the contract has them (engine, "Events in"). What exists otherwise (a quorum queue, a
 * time to live), or may not be declared by this user, is used as it is: whether events come is proven by the way they come.
 * @returns why the binding could not be made, where it could not; somebody else may have made it
 * @throws UnusableTopologyError, and the broker's error where something is missing that this user may not make
 */
export async function declareTopology(
  connection: ChannelModel,
  names: AmqpNames,
): Promise<string | undefined> {
  const { exchange, queue } = names;
  await declared(
    connection,
    (channel) => channel.assertExchange(exchange, 'topic', { durable: true }),
    (channel) => channel.checkExchange(exchange),
    `the exchange ${exchange}`,
  );
  await declared(
    connection,
    (channel) => channel.assertQueue(queue, { durable: true, exclusive: false, autoDelete: false }),
    (channel) => channel.checkQueue(queue),
    `the queue ${queue}`,
  );
  return declared(
    connection,
    (channel) => channel.bindQueue(queue, exchange, '#'),
    // A binding cannot be looked at. Where somebody made it, checks come back; where nobody did, the engine is blind and says so.
    () => Promise.resolve(),
    'the binding',
  );
}

/** @returns what is said where the queue may not be bound to the exchange, behind the name of that, and what to do about it */
export const unboundQueue = (queue: string, refusal: string): string =>
  `${queue} may not be bound to it: ${refusal}; bind it with #, or let the user: rabbitmqctl set_permissions`;

async function declared(
  connection: ChannelModel,
  declare: (channel: Channel) => Promise<unknown>,
  look: (channel: Channel) => Promise<unknown>,
  what: string,
): Promise<string | undefined> {
  try {
    await onChannel(connection, declare);
    return undefined;
  } catch (refusal) {
    if (!isRefusal(refusal, 'ACCESS_REFUSED', 'PRECONDITION_FAILED')) throw refusal;
    const { message } = refusal as Error;
    refuseUnusable(what, message);
    await onChannel(connection, look).catch((error: unknown) => {
      if (!isRefusal(error, 'NOT_FOUND')) throw error;
      throw new UnusableTopologyError(
        `${what} does not exist, and may not be made: ${message}; make it, or give the user the permission configure`,
      );
    });
    return message;
  }
}

/** The broker names the difference: `inequivalent arg 'type' for exchange … received 'topic' but current is 'direct'`. */
function refuseUnusable(what: string, message: string): void {
  const [, arg, found = ''] =
    /inequivalent arg '([^']+)'.*current is (?:the value )?'([^']+)'/.exec(message) ?? [];
  const unusable = arg === 'type' ? !GOOD_TYPES.has(found) : arg === 'x-queue-type' && found === 'stream';
  if (!unusable) return;
  throw new UnusableTopologyError(
    `${what} exists, but of another kind, with which not every event can come: ${message}; delete it there, or choose another name (AMQP_EXCHANGE, AMQP_QUEUE)`,
  );
}

/** Does something on a channel of its own, so that a refusal ends nothing else. */
export async function onChannel<T>(
  connection: ChannelModel,
  act: (channel: Channel) => Promise<T>,
): Promise<T> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  try {
    return await act(channel);
  } finally {
    await channel.close().catch(() => undefined);
  }
}
