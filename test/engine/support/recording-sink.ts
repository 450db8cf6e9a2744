import type { AlarmSink } from '../../../src/engine/alarms/alarm-sink';
import type { OutboxEntry } from '../../../src/states/outbox-fields';
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
  /** What it refuses an alarm with, for those that it refuses alone. */
  refusal: (alarm: RecordedAlarm) => Error | undefined = () => undefined;
  /** What a delivery waits for after it was recorded: its confirm. */
  confirm: Promise<void> = Promise.resolve();

  deliver({ key, body }: OutboxEntry): Promise<void> {
    if (this.refusing) {
      this.refused += 1;
      return Promise.reject(new Error('nobody takes alarms now'));
    }
    const alarm = JSON.parse(body) as RecordedAlarm;
    const refusal = this.refusal(alarm);
    if (refusal !== undefined) {
      this.refused += 1;
      return Promise.reject(refusal);
    }
    this.alarms.push({ key, body, ...alarm });
    return this.confirm;
  }

  /** The states that were told of a resource, in order: 3 is raised, 0 is resolved. */
  told(resource: string): number[] {
    return this.alarms.filter((alarm) => alarm.resource === resource).map(({ state }) => state);
  }
}
