import type { AlarmSink } from '../engine/alarms/alarm-sink';
import type { OutboxEntry } from '../states/outbox-fields';

/** An alarm event as it went out (contract: engine, "Alarms out"). */
export interface RecordedAlarm {
  /** The heartbeat's pattern as alarms name it: keys sorted, `key:value`, joined by `.`. */
  readonly resource: string;
  /** 3: raised; 0: resolved. */
  readonly state: 0 | 3;
  readonly output: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly connector: string;
  readonly connector_name: string;
  readonly event_type: string;
  readonly component: string;
  readonly source_type: string;
}

/** Takes every alarm, and keeps it. */
export class AlarmRecorder implements AlarmSink {
  readonly parallel = 100;
  readonly alarms: RecordedAlarm[] = [];

  deliver({ body }: OutboxEntry): Promise<void> {
    this.alarms.push(JSON.parse(body) as RecordedAlarm);
    return Promise.resolve();
  }
}
