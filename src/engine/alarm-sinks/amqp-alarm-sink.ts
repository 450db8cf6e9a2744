import type { CanopsisEvent } from '../../events/event';
import type { EventTransport } from '../../events/event-transport';
import type { AlarmSink } from '../alarm-sink';
import type { OutboxEntry } from '../state/heartbeat-state';

/** Alarms go to the broker's exchange, each confirmed by the broker (contract: engine, "Alarms out"). */
export class AmqpAlarmSink implements AlarmSink {
  /** Confirms come back together, so many alarms may wait for theirs. */
  readonly parallel = 2_000;

  constructor(private readonly transport: Pick<EventTransport, 'publishAlarm'>) {}

  /** @throws Error when the broker did not confirm within the transport's limit */
  async deliver({ body, key }: OutboxEntry): Promise<void> {
    await this.transport.publishAlarm(JSON.parse(body) as CanopsisEvent, key);
  }
}
