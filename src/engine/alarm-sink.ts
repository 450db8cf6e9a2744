import type { OutboxEntry } from './state/heartbeat-state';

/** Injection token of the {@link AlarmSink}. */
export const ALARM_SINK = Symbol('ALARM_SINK');

/** Where alarms go out. Trying again after a failure, and the order for each heartbeat, are the engine's part. */
export interface AlarmSink {
  /** How many deliveries may be under way at once. */
  readonly parallel: number;
  /** Resolves when the alarm is delivered (confirmed, where the receiver confirms); rejects otherwise. */
  deliver(entry: OutboxEntry): Promise<void>;
}
