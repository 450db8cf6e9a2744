import type { AmqpOptions } from './amqp/amqp-options';
import { AmqpTransport } from './amqp/amqp.transport';
import type { EventTransport } from './event-transport';
import { InProcessTransport } from './in-process/in-process.transport';
import type { EventMetrics } from './event-metrics';

/**
 * Opens a way for events: over RabbitMQ, which it begins to connect to without waiting for it, or, without a broker, in the
 * process. Throws where the AMQP packages are not installed.
 * @param prefetch how many events may be unacknowledged at once
 * @param metrics told of what is no event
 * @param hasEngine whether an engine of this process is to consume
 */
export function openTransport(
  amqp: AmqpOptions | undefined,
  prefetch: number,
  metrics: EventMetrics,
  hasEngine: boolean,
): EventTransport {
  if (amqp === undefined) return new InProcessTransport(prefetch);
  const transport = new AmqpTransport({ ...amqp, prefetch }, metrics);
  transport.start(hasEngine);
  return transport;
}
