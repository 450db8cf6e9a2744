import { DynamicModule, Inject, Module, OnApplicationShutdown, Provider, Type } from '@nestjs/common';
import { mounted } from '../canopsis/mounted';
import { EventController } from '../events/event.controller';
import { EVENT_TRANSPORT, EventTransport } from '../events/event-transport';
import { EventService } from '../events/event.service';
import { openTransport } from '../events/open-transport';
import { ENGINE_METRICS, EngineMetrics, NO_METRICS } from '../metrics/engine-metrics';
import { ALARM_SINK, AlarmSink } from './alarm-sink';
import { AmqpAlarmSink } from './alarm-sinks/amqp-alarm-sink';
import { LogAlarmSink } from './alarm-sinks/log-alarm-sink';
import { WebhookAlarmSink } from './alarm-sinks/webhook-alarm-sink';
import { Engine } from './engine';
import {
  CompleteEngineOptions,
  HeartbeatEngineAsyncOptions,
  HeartbeatEngineExtras,
  HeartbeatEngineOptions,
  WATCH_OPTIONS,
  completeEngineOptions,
  configurable,
  wrong,
} from './engine.options';
import { RemovalRecorder } from './state/removal-recorder';
import { StateCensus } from './state/state-census';
import { StateStore } from './state/state-store';
import { StateCollection } from './state-api/state-collection';
import { StateController } from './state-api/state.controller';
import { StateService } from './state-api/state.service';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = configurable
  .setExtras<Partial<HeartbeatEngineExtras>>({}, assemble)
  .build();

/**
 * The heartbeat engine, which runs as long as the application does, with the routes for states and events. Each `forRoot`
 * belongs to one `HeartbeatModule`.
 */
@Module({})
export class HeartbeatEngineModule implements OnApplicationShutdown {
  constructor(
    @Inject(EVENT_TRANSPORT) private readonly transport: EventTransport,
    @Inject(WATCH_OPTIONS) private readonly options: CompleteEngineOptions,
  ) {}

  /** @throws Error that names the option that cannot be used */
  static forRoot(options: HeartbeatEngineOptions & HeartbeatEngineExtras): DynamicModule {
    return { ...ConfigurableModuleClass.forRoot(options), module: HeartbeatEngineModule };
  }

  /** As {@link forRoot}, with `useFactory`, `useClass` or `useExisting` for what is not known at once. */
  static forRootAsync(options: HeartbeatEngineAsyncOptions): DynamicModule {
    return { ...ConfigurableModuleClass.forRootAsync(options), module: HeartbeatEngineModule };
  }

  /**
   * Closes the transport that this module opened, last of all: whoever consumes has stopped by now, and settled its
   * deliveries.
   */
  async onApplicationShutdown(): Promise<void> {
    if (this.options.transport === undefined) await this.transport.close();
  }
}

function assemble(definition: DynamicModule, extras: Partial<HeartbeatEngineExtras>): DynamicModule {
  const { heartbeats, routes = true, watch = true } = extras;
  if (heartbeats?.mount === undefined) throw wrong('heartbeats', 'what HeartbeatModule.forRoot returned');
  const controllers: Type<object>[] = routes ? [StateController, EventController] : [];
  return {
    ...definition,
    imports: [...(definition.imports ?? []), heartbeats],
    controllers: controllers.map((controller) => mounted(controller, heartbeats.mount)),
    providers: [
      ...(definition.providers ?? []),
      { provide: WATCH_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: completeEngineOptions },
      {
        provide: ENGINE_METRICS,
        inject: [WATCH_OPTIONS],
        useFactory: ({ metrics }: CompleteEngineOptions) => metrics ?? NO_METRICS,
      },
      transportProvider,
      ...[StateStore, StateCensus, RemovalRecorder, EventService, StateCollection, StateService],
      ...(watch ? [alarmSinkProvider, Engine] : []),
    ],
    exports: [
      EVENT_TRANSPORT,
      EventService,
      StateService,
      StateStore,
      StateCensus,
      ...(watch ? [Engine] : []),
    ],
  };
}

const transportProvider: Provider = {
  provide: EVENT_TRANSPORT,
  inject: [WATCH_OPTIONS, ENGINE_METRICS],
  useFactory: ({ transport, amqp, prefetch }: CompleteEngineOptions, metrics: EngineMetrics) =>
    transport ?? openTransport(amqp, prefetch, metrics),
};

/** The engine's one sink: what the host gave, the broker, without one the webhook, without that the log. */
const alarmSinkProvider: Provider = {
  provide: ALARM_SINK,
  inject: [WATCH_OPTIONS, EVENT_TRANSPORT],
  useFactory: ({ alarms, webhook }: CompleteEngineOptions, transport: EventTransport): AlarmSink => {
    if (alarms) return alarms;
    if (transport.status !== 'none') return new AmqpAlarmSink(transport);
    return webhook ? new WebhookAlarmSink(webhook) : new LogAlarmSink();
  },
};
