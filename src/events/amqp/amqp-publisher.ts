import type { ConfirmChannel, Options } from 'amqplib';
import { withTimeout } from '../../util/timeout';
import type { AmqpLink } from './amqp-link';
import { cutRoutingKey } from '../event';
import { MessageRefusedError, PUBLISH_LIMIT_MS, type PublishOptions } from '../event-transport';
import { CappedMap } from '../../util/capped-map';
import { isRefusal, NACKED, NACKED_CURE } from './broker-problem';

/** Messages beyond this, in bytes, are what brokers may be set to refuse. */
const LARGE_BYTES = 64 * 1024;
/** So many channels for single messages at once. */
const LANES = 8;
/** So many routing keys at most that may be of the message for which a channel was closed. */
const MOST_SUSPECTS = 10_000;
/** A message larger than the broker takes, and a routing key that the user may not use. */
const ABOUT_A_MESSAGE = ['PRECONDITION_FAILED', 'ACCESS_REFUSED'] as const;

/** Publishes events and alarms, as JSON, to one exchange, each confirmed by the broker. */
export class AmqpPublisher {
  /** Routing keys of messages that were under way when the broker closed a channel over one of them. */
  private readonly suspects = new CappedMap<string, true>(MOST_SUSPECTS);
  private readonly lanes: Promise<void>[] = [];
  private lane = 0;

  constructor(
    private readonly link: AmqpLink,
    private readonly exchange: string,
  ) {}

  /**
   * Resolves when the broker has confirmed this event. Where the connection breaks before, it is sent again on the next
   * one; the broker may then have it twice. Rejects when the limit has passed, and at once when the broker refuses the event.
   */
  async publish(
    body: string,
    routingKey: string,
    { limitMs = PUBLISH_LIMIT_MS }: Pick<PublishOptions, 'limitMs'> = {},
  ): Promise<void> {
    const content = Buffer.from(body);
    const key = cutRoutingKey(routingKey);
    const until = performance.now() + limitMs;
    const left = (): number => Math.max(1, Math.round(until - performance.now()));
    for (;;) {
      const channel = await this.link.whenOpen(left());
      try {
        return await withTimeout(left(), this.write(channel, key, content));
      } catch (error) {
        if (this.link.channel === channel || performance.now() >= until) throw error;
      }
    }
  }

  /**
   * Writes an event once, and resolves when the broker has confirmed it, however long that takes while the channel is open.
   * Rejects when there is no channel within {@link PUBLISH_LIMIT_MS}, when it is gone before the confirm, and with
   * MessageRefusedError when the broker refuses the event.
   */
  async publishOnce(body: string, routingKey: string, properties: Options.Publish): Promise<void> {
    const channel = await this.link.whenOpen(PUBLISH_LIMIT_MS);
    await this.write(channel, cutRoutingKey(routingKey), Buffer.from(body), properties);
  }

  /**
   * A broker that refuses a message for its size or its routing key closes the channel, and leaves open which of those under way
   * it means. Whatever has the routing key of one of them is then written on a channel of its own, as large ones always are,
   * until the broker confirms it: so one that is never taken closes no channel of others again.
   */
  private async write(
    channel: ConfirmChannel,
    key: string,
    content: Buffer,
    properties: Options.Publish = {},
  ): Promise<void> {
    const isSuspect = this.suspects.has(key);
    if (content.length > LARGE_BYTES || isSuspect) {
      await this.alone(key, content, properties);
      if (isSuspect) this.suspects.delete(key);
      return;
    }
    try {
      await this.confirmed(channel, key, content, properties);
    } catch (error) {
      if (isRefusal(this.link.endOf(channel), ...ABOUT_A_MESSAGE)) this.suspects.set(key, true);
      throw refusalOf(error);
    }
  }

  /** So many of them at once at most: a connection has room for some 2,000 channels. */
  private async alone(key: string, content: Buffer, properties: Options.Publish): Promise<void> {
    const lane = (this.lane = (this.lane + 1) % LANES);
    const sent = (this.lanes[lane] ?? Promise.resolve()).then(() =>
      this.link.confirmedAside((channel) => this.confirmed(channel, key, content, properties)),
    );
    this.lanes[lane] = sent.catch(() => undefined);
    await sent.catch((error: unknown) => {
      throw refusalOf(error);
    });
  }

  private confirmed(
    channel: ConfirmChannel,
    key: string,
    content: Buffer,
    more: Options.Publish,
  ): Promise<void> {
    const properties = { persistent: true, contentType: 'application/json', ...more };
    return new Promise((resolve, reject) => {
      channel.publish(this.exchange, key, content, properties, (error: Error | null) => {
        if (error) return reject(error);
        this.link.worked();
        resolve();
      });
    });
  }
}

/** The error, as one of the broker's against this very message where it is that. */
function refusalOf(error: unknown): unknown {
  const { message = '' } = (error ?? {}) as { message?: string };
  if (message === NACKED) return new MessageRefusedError(`${NACKED}; ${NACKED_CURE}`, false);
  const isRefused = isRefusal(error, ...ABOUT_A_MESSAGE);
  return isRefused ? new MessageRefusedError(message, isRefusal(error, 'PRECONDITION_FAILED')) : error;
}
