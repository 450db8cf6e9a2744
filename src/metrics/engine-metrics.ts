/** Injection token of the {@link EngineMetrics}. */
export const ENGINE_METRICS = Symbol('ENGINE_METRICS');

/**
 * What the engine and the events tell of their work, for whoever counts it. Every method is called often, so it must return
 * within microseconds, and never throw. No call says which heartbeat or client it is about: whatever keeps the numbers stays
 * small.
 */
export interface EngineMetrics {
  /** The engine took an event. @param heartbeats how many it belongs to; 0 for most events of an installation */
  eventReceived(heartbeats: number): void;
  /** Something was refused that is no event: a message that is no JSON object, or an element of `failed_events`. */
  eventPoisoned(): void;
  /** How long it took to find the heartbeats of one event; told of one event in 64. */
  matched(seconds: number): void;
  /** Events were stored together, or given back. @param events how many */
  flushed(events: number, seconds: number): void;
  /** A silence was claimed, that is, an alarm raised. @param seconds from its deadline to the claim */
  detected(seconds: number): void;
  /** One attempt to deliver an alarm ended. */
  alarmDelivery(outcome: 'sent' | 'failed'): void;
  /**
   * Told twice a second while the engine runs.
   * @param blind whether silence is no evidence now
   * @param seconds since it was told last
   */
  hearing(blind: boolean, seconds: number): void;
}

const ignored = (): void => undefined;

/** Counts nothing. */
export const NO_METRICS: EngineMetrics = Object.freeze({
  eventReceived: ignored,
  eventPoisoned: ignored,
  matched: ignored,
  flushed: ignored,
  detected: ignored,
  alarmDelivery: ignored,
  hearing: ignored,
});
