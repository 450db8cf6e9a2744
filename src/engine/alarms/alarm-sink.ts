import type { OutboxEntry } from '../../states/outbox-fields';

/** Injection token of the {@link AlarmSink}. */
export const ALARM_SINK = Symbol('ALARM_SINK');
/** Injection token of the webhook's {@link AlarmSink}; undefined where there is none. */
export const WEBHOOK_SINK = Symbol('WEBHOOK_SINK');
/** Injection token of Alertmanager's {@link AlarmSink}; undefined where there is none. */
export const ALERTMANAGER_SINK = Symbol('ALERTMANAGER_SINK');

/** The heartbeat that an alarm is about. */
export interface AlarmSource {
  readonly id: string;
  /** Reads its name; undefined where it has none, is gone, or the database is away. Never rejects. */
  name(): Promise<string | undefined>;
}

/** Where alarms go out. Trying again after a failure, and the order for each heartbeat, are the engine's part. */
export interface AlarmSink {
  /** How many deliveries may be under way at once. Default: 1. */
  readonly parallel?: number;
  /**
   * Resolves when the alarm is delivered (confirmed, where the receiver confirms); rejects otherwise, with
   * {@link AlarmRefusedError} or {@link ReceiverBusyError} where more is known.
   */
  deliver(entry: OutboxEntry, source: AlarmSource): Promise<void>;
}

/** The receiver is there, and does not take this very alarm. After some tries it is set aside. */
export class AlarmRefusedError extends Error {
  override readonly name = 'AlarmRefusedError';

  /** @param forGood whether it will never take it, for example because it is too large; otherwise it may later */
  constructor(
    message: string,
    readonly forGood = false,
  ) {
    super(message);
  }
}

/** The receiver asks not to be called for a while. */
export class ReceiverBusyError extends Error {
  override readonly name = 'ReceiverBusyError';

  /** @param waitMs for how long, in milliseconds */
  constructor(
    message: string,
    readonly waitMs: number,
  ) {
    super(message);
  }
}
