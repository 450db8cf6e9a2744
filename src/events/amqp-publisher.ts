import type { ConfirmChannel, Options } from 'amqplib';
import { within } from '../time/within';
import type { AmqpLink } from './amqp-link';
import { type CanopsisEvent, cutRoutingKey } from './event';
import { PUBLISH_LIMIT_MS } from './event-transport';

/** Publishes events to one exchange, each confirmed by the broker. */
export class AmqpPublisher {
  constructor(
    private readonly link: AmqpLink,
    private readonly exchange: string,
  ) {}

  /**
   * Resolves when the broker has confirmed the event. Where the connection breaks before, it is sent again on the next
   * one; the broker may then have it twice. Rejects after {@link PUBLISH_LIMIT_MS}, and when the broker refuses the event.
   *
   * @param confirmLimitMs how long to wait for the confirm of what was sent; default: as long as is left of that limit
   */
  async publish(
    event: CanopsisEvent,
    routingKey: string,
    properties: Options.Publish = {},
    confirmLimitMs?: number,
  ): Promise<void> {
    const content = Buffer.from(JSON.stringify(event));
    const key = cutRoutingKey(routingKey);
    const until = performance.now() + PUBLISH_LIMIT_MS;
    const left = (): number => Math.max(1, Math.round(until - performance.now()));
    for (;;) {
      const channel = await this.link.whenOpen(left());
      try {
        return await within(confirmLimitMs ?? left(), this.confirmed(channel, key, content, properties));
      } catch (error) {
        if (this.link.channel === channel || performance.now() >= until) throw error;
      }
    }
  }

  private confirmed(
    channel: ConfirmChannel,
    key: string,
    content: Buffer,
    more: Options.Publish,
  ): Promise<void> {
    const properties = { persistent: true, contentType: 'application/json', ...more };
    return new Promise((resolve, reject) => {
      channel.publish(this.exchange, key, content, properties, (error: Error | null) =>
        error ? reject(error) : resolve(),
      );
    });
  }
}
