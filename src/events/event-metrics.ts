/** Injection token of the {@link EventMetrics}. */
export const EVENT_METRICS = Symbol('EVENT_METRICS');

/** Why something is no event: a message of the broker by its body, or one that was posted, see `failed_events`. */
export type PoisonReason = 'empty' | 'not_json' | 'not_an_object' | 'failed';

/** What the events tell of their work, for whoever counts it: each method returns within microseconds, and never throws. */
export interface EventMetrics {
  /** Something was refused that is no event: a message that is no JSON object, or an element of `failed_events`. */
  eventPoisoned(reason: PoisonReason): void;
}

/** Counts nothing. */
export const NO_EVENT_METRICS: EventMetrics = Object.freeze({ eventPoisoned: () => undefined });
