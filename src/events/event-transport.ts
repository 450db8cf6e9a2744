import type { CanopsisEvent } from './event';

/** The token under which the application's one {@link EventTransport} is provided. */
export const EVENT_TRANSPORT = Symbol('EVENT_TRANSPORT');

/** How long `publish` tries before it rejects, and how long `publishAlarm` waits for a broker; in milliseconds. */
export const PUBLISH_LIMIT_MS = 5_000;

/** How long `publishAlarm` then waits for the confirm, in milliseconds: to give up a slow broker is to send twice. */
export const ALARM_CONFIRM_LIMIT_MS = 10_000;

/**
 * How long an event that was given back rests before it is delivered again, in milliseconds: so short that whoever gets it
 * then has it before the silence counts that began without it.
 */
export const REQUEUE_DELAY_MS = 100;

/** How many deliveries may be unacknowledged at once, unless the options say otherwise. */
export const DEFAULT_PREFETCH = 1_000;

/**
 * One event on its way to the engine. Exactly one of `ack` and `requeue` settles it; every later call does nothing,
 * and neither throws, also when the broker has gone meanwhile (it then delivers the event again).
 */
export interface EventDelivery {
  readonly event: CanopsisEvent;
  /** Call after what the event changed is stored. */
  ack(): void;
  /** A failure of ours: the event is delivered again, {@link REQUEUE_DELAY_MS} later, so that a failure never spins. */
  requeue(): void;
}

/** Takes one delivery. It must not throw: what it throws is logged, and gives the delivery back. */
export type EventHandler = (delivery: EventDelivery) => void;

/** Whether the broker can be used: `none` where there is none, because events stay in the process. */
export type BrokerStatus = 'up' | 'down' | 'none';

/**
 * Events in and alarms out (contract: engine, "Events in", "Alarms out"). The engine sees nothing but this port; whether
 * there is a broker behind it is the adapter's matter. Events that an engine sent itself are never delivered.
 */
export interface EventTransport {
  /**
   * Registers the one consumer, the engine, and resolves once it is registered; whether it can hear yet is `hearing`.
   * Deliveries come as they arrive, at most `prefetch` of them unacknowledged. Rejects when there is a consumer already.
   */
  consume(handler: EventHandler): Promise<void>;
  /**
   * Ends the consuming: after it resolves nothing more is delivered. Deliveries already made may still be settled,
   * until `close`. The handler may be called until it resolves.
   */
  stopConsuming(): Promise<void>;
  /**
   * Resolves when the event is delivered (AMQP: confirmed by the broker; in process: the engine acknowledged it, so what
   * it changed is stored). Rejects when that did not happen within {@link PUBLISH_LIMIT_MS}.
   */
  publish(event: CanopsisEvent): Promise<void>;
  /**
   * Sends an alarm; it is not delivered back to this engine. In process it goes to the log. Rejects when there is no broker
   * for {@link PUBLISH_LIMIT_MS}, or no confirm within {@link ALARM_CONFIRM_LIMIT_MS}.
   *
   * @param routingKey cut to 255 bytes where it is longer.
   */
  publishAlarm(event: CanopsisEvent, routingKey: string): Promise<void>;
  /** True while a consumer is connected, that is, while silence means that nothing was sent. */
  readonly hearing: boolean;
  /**
   * How many messages wait in the queue before the consumer, the poisoned and the engine's own alarms among them; 0 in process
   * and while nothing consumes. Rejects where the broker does not answer within 2 s: it is then not known.
   */
  backlog(): Promise<number>;
  /** Calls the listener at each change of `hearing`; the returned function ends that. */
  onHearingChange(listener: (hearing: boolean) => void): () => void;
  readonly status: BrokerStatus;
  /** Stops consuming, refuses what is still to be published, and releases the connections. Never rejects. */
  close(): Promise<void>;
}
