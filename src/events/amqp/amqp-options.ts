/** The `app_id` of what this product sends, so that it is known without being read; an alarm's fields decide all the same. */
export const APP_ID = 'canopsis-heartbeat';

/** What the AMQP transport needs to know. The names are those of Canopsis unless they are given. */
export interface AmqpOptions {
  /** `amqp://user:password@host:port/vhost`, or `amqps://…`. Never written to a log or an error. */
  readonly url: string;
  /** How many deliveries may be unacknowledged at once. */
  readonly prefetch?: number;
  /** Default `canopsis.events`. */
  readonly exchange?: string;
  /** Default `Engine_heartbeat`. */
  readonly queue?: string;
}

/** The exchange and the queue, by name. */
export interface AmqpNames {
  readonly exchange: string;
  readonly queue: string;
}

/** The contract's names, where the options say nothing else. */
export function namesIn(options: AmqpOptions): AmqpNames {
  return { exchange: options.exchange ?? 'canopsis.events', queue: options.queue ?? 'Engine_heartbeat' };
}
