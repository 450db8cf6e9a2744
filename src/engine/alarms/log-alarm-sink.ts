import { Logger, type LoggerService } from '@nestjs/common';
import { alarmLine } from './alarm';
import type { AlarmSink } from './alarm-sink';
import type { OutboxEntry } from '../../states/outbox-fields';

/** Alarms go to the log and nowhere else, where neither a broker nor a webhook is configured. */
export class LogAlarmSink implements AlarmSink {
  readonly parallel = 2_000;

  constructor(private readonly logger: Pick<LoggerService, 'warn'> = new Logger('Alarms')) {}

  deliver(entry: OutboxEntry): Promise<void> {
    this.logger.warn(alarmLine(entry));
    return Promise.resolve();
  }
}
