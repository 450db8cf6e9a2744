import { DynamicModule, Module } from '@nestjs/common';
import { EVENT_TRANSPORT, EventTransport } from '../../events/event-transport';
import { ALARM_SINK, AlarmSink } from '../alarm-sink';
import { AmqpAlarmSink } from './amqp-alarm-sink';
import { LogAlarmSink } from './log-alarm-sink';
import { WebhookAlarmSink, WebhookOptions } from './webhook-alarm-sink';

export interface AlarmSinkModuleOptions {
  /** The module that provides the transport, see `EventsModule.register`. */
  events: DynamicModule;
  /** Where alarms are posted while there is no broker. */
  webhook?: WebhookOptions;
}

/** Provides the application's one {@link ALARM_SINK}: the broker, without one the webhook, without that the log. */
@Module({})
export class AlarmSinkModule {
  static register({ events, webhook }: AlarmSinkModuleOptions): DynamicModule {
    const useFactory = (transport: EventTransport): AlarmSink => alarmSink(transport, webhook);
    return {
      module: AlarmSinkModule,
      imports: [events],
      providers: [{ provide: ALARM_SINK, inject: [EVENT_TRANSPORT], useFactory }],
      exports: [ALARM_SINK],
    };
  }
}

function alarmSink(transport: EventTransport, webhook: WebhookOptions | undefined): AlarmSink {
  if (transport.status !== 'none') return new AmqpAlarmSink(transport);
  return webhook ? new WebhookAlarmSink(webhook) : new LogAlarmSink();
}
