import { type AlarmPublisher, MessageRefusedError } from '../../events/event-transport';
import { AlarmRefusedError, type AlarmSink } from './alarm-sink';
import type { OutboxEntry } from '../../states/outbox-fields';

/** Alarms go to the broker's exchange, each confirmed by the broker (contract: engine, "Alarms out"). */
export class AmqpAlarmSink implements AlarmSink {
  /** Confirms come back together, so many alarms may wait for theirs. */
  readonly parallel = 2_000;

  constructor(private readonly broker: AlarmPublisher) {}

  /** @throws Error when the broker did not confirm within the transport's limit, AlarmRefusedError when it refuses the alarm */
  async deliver({ body, key }: OutboxEntry): Promise<void> {
    try {
      await this.broker.publishAlarm(body, key);
    } catch (error) {
      if (!(error instanceof MessageRefusedError)) throw error;
      throw new AlarmRefusedError(`the broker refuses it: ${error.message}`, error.forGood);
    }
  }
}
