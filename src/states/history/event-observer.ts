import type { CanopsisEvent } from '../../events/event';

/** A heartbeat that an event belongs to. The object is the same one as long as its pattern does not change. */
export interface ObservedHeartbeat {
  readonly id: string;
  readonly intervalMs: number;
  /** When its last arrival was kept, in milliseconds since the epoch; -Infinity at first. For the observer alone. */
  keptAt: number;
}

/** Told of each event that an engine takes: for pictures, and for people who look at what is sent. Never throws. */
export interface EventObserver {
  /**
   * @param heartbeats those that the event belongs to; none where nobody waits for it
   * @param at when it was processed, in milliseconds since the epoch
   */
  seen(event: CanopsisEvent, heartbeats: readonly ObservedHeartbeat[], at: number): void;
}

/** Injection token of the {@link EventObserver}. */
export const EVENT_OBSERVER = Symbol('EVENT_OBSERVER');
