import type { CanopsisEvent } from './event';
import type { EventPath } from './event-path';

/** The token under which the application's one {@link EventTransport} is provided. */
export const EVENT_TRANSPORT = Symbol('EVENT_TRANSPORT');

/** How long `publish` tries before it rejects, unless it is told, and how long `publishAlarm` waits for a broker; in milliseconds. */
export const PUBLISH_LIMIT_MS = 5_000;

/**
 * How long an event that was given back rests before it is delivered again, in milliseconds: so short that whoever gets it
 * then has it before the silence counts that began without it.
 */
export const REQUEUE_DELAY_MS = 100;

/** How many deliveries may be unacknowledged at once, unless the options say otherwise. */
export const DEFAULT_PREFETCH = 1_000;

/** The broker is there, and does not take this very message. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';

  /** @param forGood whether it never will, because the message is too large for it; otherwise it may later */
  constructor(
    message: string,
    readonly forGood: boolean,
  ) {
    super(message);
  }
}

/**
 * One event on its way to the engine. Exactly one of `ack` and `requeue` settles it; every later call does nothing,
 * and neither throws, also when the broker has gone meanwhile (it then delivers the event again).
 */
export interface EventDelivery {
  readonly event: CanopsisEvent;
  /** Whether somebody waits until it is settled: it is then not held up for others to be stored with. Default: no. */
  readonly awaited?: boolean;
  /** Call after what the event changed is stored. */
  readonly ack: () => void;
  /** A failure of ours: the event is delivered again, {@link REQUEUE_DELAY_MS} later, so that a failure never spins. */
  readonly requeue: () => void;
}

/** How an event is published. */
export interface PublishOptions {
  /** The event as JSON, where it is to be passed on as just that text. Default: as JavaScript writes it. */
  readonly text?: string;
  /** How long it is tried, in milliseconds. Default: {@link PUBLISH_LIMIT_MS}. */
  readonly limitMs?: number;
}

/** Takes one delivery. It must not throw: what it throws is logged, and gives the delivery back. */
export type EventHandler = (delivery: EventDelivery) => void;

/** Whether the broker can be used: `none` where there is none, because events stay in the process. */
export type BrokerStatus = 'up' | 'down' | 'none';

/** Where events come from (contract: engine, "Events in"). Events that an engine sent itself are never delivered. */
export interface EventSource {
  /**
   * Registers the one consumer, the engine, and resolves once it is registered; whether it can hear yet is `hearing`.
   * Deliveries come as they arrive, at most `prefetch` of them unacknowledged. Rejects when there is a consumer already.
   */
  consume(handler: EventHandler): Promise<void>;
  /**
   * Ends the consuming: after it resolves nothing more is delivered. Deliveries already made may still be settled,
   * until the transport is closed. The handler may be called until it resolves.
   */
  stopConsuming(): Promise<void>;
  /** True while a consumer is connected, that is, while silence means that nothing was sent. */
  readonly hearing: boolean;
  /** Calls the listener at each change of `hearing`; the returned function ends that. */
  onHearingChange(listener: (hearing: boolean) => void): () => void;
  /** What a broker lets be seen of the way of events. Absent: events come as soon as they are published. */
  readonly path?: EventPath;
  /**
   * How many messages wait in the queue before the consumer, the poisoned and the engine's own alarms among them; 0 in process
   * and while nothing consumes. Rejects where the broker does not answer within 2 s: it is then not known.
   */
  backlog(): Promise<number>;
}

/** Who takes the events that the API was given. */
export interface EventPublisher {
  /**
   * Resolves when the event is delivered (AMQP: confirmed by the broker; in process: the engine acknowledged it, so what
   * it changed is stored). Rejects when that did not happen within the limit, after which it is not tried again.
   */
  publish(event: CanopsisEvent, options?: PublishOptions): Promise<void>;
}

/** A broker that takes the engine's alarms (contract: engine, "Alarms out"). */
export interface AlarmPublisher {
  /**
   * Sends an alarm; it is not delivered back to this engine. Rejects when there is no broker for {@link PUBLISH_LIMIT_MS}. Once it is written it is under way for as long as its channel is open, however long the
   * confirm takes: it then rejects when the channel is gone, and with {@link MessageRefusedError} when the broker refuses it.
   *
   * @param body the alarm as JSON, which is sent as it is
   * @param routingKey cut to 255 bytes where it is longer.
   */
  publishAlarm(body: string, routingKey: string): Promise<void>;
}

/** Who knows of the broker. */
export interface BrokerConnection {
  readonly status: BrokerStatus;
}

/**
 * All that carries events: a broker, which takes alarms too, or the process itself, which does not: they go to a webhook then, or to
 * the log. Whoever needs only a part of it asks for that.
 */
export interface EventTransport
  extends EventSource, EventPublisher, Partial<AlarmPublisher>, BrokerConnection {
  /** Stops consuming, refuses what is still to be published, and releases the connections. Never rejects. */
  close(): Promise<void>;
}
