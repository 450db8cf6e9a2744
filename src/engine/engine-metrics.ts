import type { OutboxName } from '../states/outbox-fields';
import type { BlindReason } from '../states/engine-documents';
import { type EventMetrics, NO_EVENT_METRICS } from '../events/event-metrics';

/** Injection token of the {@link EngineMetrics}. */
export const ENGINE_METRICS = Symbol('ENGINE_METRICS');

/**
 * What the engine and the events tell of their work, for whoever counts it. Every method is called often, so it must return
 * within microseconds, and never throw. No call says which heartbeat or client it is about: whatever keeps the numbers stays
 * small.
 */
export interface EngineMetrics extends EventMetrics {
  /** The engine took an event. @param heartbeats how many it belongs to; 0 for most events of an installation */
  eventReceived(heartbeats: number): void;
  /** How long it took to find the heartbeats of one event; told of one event in 64. */
  matched(seconds: number): void;
  /** Events were stored together, or given back. @param events how many */
  flushed(events: number, seconds: number): void;
  /** A silence was claimed, that is, an alarm raised. @param seconds from its deadline to the claim */
  detected(seconds: number): void;
  /** One attempt to deliver an alarm ended; `set_aside`: it was refused too often, and is not tried again. @param receiver `main` for the first one */
  alarmDelivery(outcome: 'sent' | 'failed' | 'set_aside', receiver: OutboxName): void;
  /**
   * Told twice a second while the engine runs.
   * @param blind whether silence is no evidence now
   * @param seconds since it was told last
   */
  hearing(blind: boolean, seconds: number): void;
  /**
   * Events could not be heard, or not all of them; told once for all engines of a database.
   * @param reason what was wrong; `away` where nothing was heard for more than 5 s
   */
  blindness(reason: BlindReason | 'away'): void;
  /**
   * Told twice a second while the engine runs.
   * @param whole whether events come the whole way, as far as is known
   * @param clockDifference by how many seconds the machine's clock is ahead of the time that all engines go by
   */
  path(whole: boolean, clockDifference: number): void;
  /** A check was sent to see whether it comes back. */
  pathCheck(): void;
}

const ignored = (): void => undefined;

/** Counts nothing. */
export const NO_METRICS: EngineMetrics = Object.freeze({
  ...NO_EVENT_METRICS,
  eventReceived: ignored,
  matched: ignored,
  flushed: ignored,
  detected: ignored,
  alarmDelivery: ignored,
  hearing: ignored,
  blindness: ignored,
  path: ignored,
  pathCheck: ignored,
});
