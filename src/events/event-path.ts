/** The queue as a broker says that it is. */
export interface QueueFigures {
  /** How many messages wait that no consumer has, the poisoned and the engine's own alarms among them. */
  readonly waiting: number;
  /** How many consumers it has, in this process and in others. */
  readonly consumers: number;
}

/** How many messages have come to the consumer of this process, over all connections. */
export interface MessageCounts {
  /** Of any kind, those delivered anew too. */
  readonly received: number;
  /** Those that came through the exchange, and for the first time. */
  readonly fresh: number;
}

/**
 * What a broker lets an engine see of the way of events: exchange, binding, queue, consumer (contract: engine, "Silence must be
 * proven"). Where events stay in the process there is no such way.
 */
export interface EventPath {
  /** The queue's name, for the log. */
  readonly queue: string;
  /** The exchange's name, for the log. */
  readonly exchange: string;
  readonly counts: MessageCounts;
  /** When the last fresh message came, in milliseconds on the monotonic clock of `performance.now()`; -Infinity before. */
  readonly freshAt: number;
  /** Whether the broker holds back publishers on one of our connections, because it lacks memory or disk space. */
  readonly blocked: boolean;
  /**
   * Asks on the consumer's own channel: all that the broker had handed over before it answers has come by then. Rejects where
   * there is no answer within 2 s, or nothing consumes.
   */
  inspect(): Promise<QueueFigures>;
  /**
   * Sends a check through the exchange; it comes back to one of the queue's consumers, where it is no event. Resolves when the
   * broker has confirmed it, however long that takes. @param id what it is known by
   */
  sendCheck(id: string): Promise<void>;
  /** Whether a check has come back to this process. */
  hasReturned(id: string): boolean;
  /** Declares exchange, queue and binding anew, whatever is missing of them. Rejects where the broker does not let it, which is in the log then. */
  repair(): Promise<void>;
  /** Calls the listener when a check comes back, and when `blocked` changes; the returned function ends that. */
  onChange(listener: () => void): () => void;
}
