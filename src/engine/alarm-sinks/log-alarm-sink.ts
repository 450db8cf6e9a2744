import { Logger, type LoggerService } from '@nestjs/common';
import type { AlarmSink } from '../alarm-sink';
import type { OutboxEntry } from '../state/heartbeat-state';

/** A pattern may be a megabyte long: a line of the log shows this many characters of each text. */
const SHOWN_CHARACTERS = 300;

/** Alarms go to the log and nowhere else, where neither a broker nor a webhook is configured. */
export class LogAlarmSink implements AlarmSink {
  readonly parallel = 2_000;

  constructor(private readonly logger: Pick<LoggerService, 'warn'> = new Logger('Alarms')) {}

  deliver(entry: OutboxEntry): Promise<void> {
    this.logger.warn(alarmLine(entry));
    return Promise.resolve();
  }
}

/** @returns `alarm raised: "<resource>": "<output>"` or `alarm resolved: …`, one line whatever the texts hold */
function alarmLine({ body }: OutboxEntry): string {
  const { state, resource, output } = JSON.parse(body) as { state: number; resource: string; output: string };
  return `alarm ${state === 0 ? 'resolved' : 'raised'}: ${shown(resource)}: ${shown(output)}`;
}

const shown = (text: string): string =>
  JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
