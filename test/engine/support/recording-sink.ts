import type { AlarmSink } from '../../../src/engine/alarm-sink';
import type { OutboxEntry } from '../../../src/engine/state/heartbeat-state';
import type { RecordedAlarm } from '../../../src/testing/alarm-recorder';

/** An alarm as it went out. */
export interface SentAlarm extends RecordedAlarm {
  readonly key: string;
  readonly body: string;
}

/** Takes alarms, and can refuse them. Several engines may share one. */
export class RecordingSink implements AlarmSink {
  readonly parallel = 100;
  readonly alarms: SentAlarm[] = [];
  /** How many alarms it refused. */
  refused = 0;
  refusing = false;

  deliver({ key, body }: OutboxEntry): Promise<void> {
    if (this.refusing) {
      this.refused += 1;
      return Promise.reject(new Error('nobody takes alarms now'));
    }
    this.alarms.push({ key, body, ...(JSON.parse(body) as RecordedAlarm) });
    return Promise.resolve();
  }

  /** The states that were told of a resource, in order: 3 is raised, 0 is resolved. */
  told(resource: string): number[] {
    return this.alarms.filter((alarm) => alarm.resource === resource).map(({ state }) => state);
  }
}
