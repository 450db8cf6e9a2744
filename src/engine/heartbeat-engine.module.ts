import {
  DynamicModule,
  Inject,
  Module,
  OnApplicationShutdown,
  Optional,
  Provider,
  Type,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { HeartbeatModule } from '../heartbeat/heartbeat.module';
import { areAsync } from '../nest/option-names';
import { checkSwitches } from '../nest/nested-options';
import { mounted } from '../nest/mounted';
import { MOUNTED_SITE, Site } from '../nest/site';
import { EventController } from '../events/event.controller';
import { EventV4Controller } from '../events/event-v4.controller';
import type { HeartbeatDynamicModule, Mounts } from '../heartbeat/heartbeat.options';
import { type AlarmPublisher, EVENT_TRANSPORT, EventTransport } from '../events/event-transport';
import { EVENT_METRICS } from '../events/event-metrics';
import { EventService } from '../events/event.service';
import { LimitedEvents } from '../events/limited-events';
import { openTransport } from '../events/open-transport';
import { ENGINE_METRICS, EngineMetrics, NO_METRICS } from './engine-metrics';
import { ALARM_SINK, ALERTMANAGER_SINK, AlarmSink, WEBHOOK_SINK } from './alarms/alarm-sink';
import { AlertmanagerAlarmSink } from './alarms/alertmanager-alarm-sink';
import { AmqpAlarmSink } from './alarms/amqp-alarm-sink';
import { LogAlarmSink } from './alarms/log-alarm-sink';
import { WebhookAlarmSink } from './alarms/webhook-alarm-sink';
import { Engine } from './engine';
import { HeartbeatHealthIndicator } from './heartbeat-health.indicator';
import {
  CompleteEngineOptions,
  ENGINE_OPTION_NAMES,
  HeartbeatEngineAsyncOptions,
  HeartbeatEngineExtras,
  HeartbeatEngineOptions,
  WATCH_OPTIONS,
  completeEngineOptions,
  configurable,
  wrong,
} from './engine.options';
import { PingController } from '../ping/ping.controller';
import { PING_SECRET, PingService } from '../ping/ping.service';
import { TombstoneWriter } from '../states/tombstone-writer';
import { FirstStates } from '../states/first-states';
import { StateCounts } from '../states/state-counts';
import { ChangesController } from '../states/changes/changes.controller';
import { HistoryController } from '../states/history/history.controller';
import { historyProviders } from '../states/history/history.providers';
import { MaintenanceCollection } from '../states/maintenance/maintenance-collection';
import { MaintenanceController } from '../states/maintenance/maintenance.controller';
import { MaintenanceService } from '../states/maintenance/maintenance.service';
import { OverviewController } from '../states/overview/overview.controller';
import { overviewProviders } from '../states/overview/overview.providers';
import { PauseController } from '../states/pause/pause.controller';
import { PauseService } from '../states/pause/pause.service';
import { OverviewWatch } from '../states/overview/overview-watch';
import { EventLookupController } from '../states/recent/event-lookup.controller';
import { EngineRegistry } from '../states/engine-registry';
import { SharedClock } from '../states/shared-clock';
import { CLOCK, type Clock } from '../util/clock';
import { StateStore } from '../states/state-store';
import { StateCollection } from '../states/state-collection';
import { StateController } from '../states/state.controller';
import { BlindnessStatus } from '../states/blindness-status';
import { StateService } from '../states/state.service';

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
    @Optional() @Inject(EVENT_TRANSPORT) private readonly transport: EventTransport,
    @Optional() @Inject(WATCH_OPTIONS) private readonly options: CompleteEngineOptions | undefined,
    modules: ModulesContainer,
  ) {
    if (options === undefined) {
      throw new Error(
        'HeartbeatEngineModule must be imported as HeartbeatEngineModule.forRoot({ heartbeats })',
      );
    }
    refuseSecondEngine(modules);
  }

  /** @throws Error that names the option that cannot be used */
  static forRoot(options: HeartbeatEngineOptions & HeartbeatEngineExtras): DynamicModule {
    ENGINE_OPTION_NAMES.forRoot(options);
    return { ...ConfigurableModuleClass.forRoot(options), module: HeartbeatEngineModule };
  }

  /** As {@link forRoot}, with `useFactory`, `useClass` or `useExisting` for what is not known at once. */
  static forRootAsync(options: HeartbeatEngineAsyncOptions): DynamicModule {
    ENGINE_OPTION_NAMES.forRootAsync(options);
    return { ...ConfigurableModuleClass.forRootAsync(options), module: HeartbeatEngineModule };
  }

  /**
   * Closes the transport that this module opened, last of all: whoever consumes has stopped by now, and settled its
   * deliveries.
   */
  async onApplicationShutdown(): Promise<void> {
    if (this.options?.transport === undefined) await this.transport.close();
  }
}

/** @throws Error where two of them belong to one heartbeat module: each would raise its alarms */
function refuseSecondEngine(modules: ModulesContainer): void {
  const engines = [...modules.values()].filter(({ metatype }) => metatype === HeartbeatEngineModule);
  const watched = engines.flatMap(({ imports }) =>
    [...imports].filter(({ metatype }) => metatype === HeartbeatModule),
  );
  if (new Set(watched).size === watched.length) return;
  throw new Error(
    'HeartbeatEngineModule: two of them belong to one HeartbeatModule. Call forRoot once, and import the object that it returned wherever you need it',
  );
}

/** States belong to version 2, events to both. */
const controllersOf = ({ v2, v4 }: Mounts): Type<object>[] => [
  ...(v2 ? ROUTES_OF_V2.map((controller) => mounted(controller, v2)) : []),
  ...(v4 ? [mounted(EventV4Controller, v4)] : []),
];
const ROUTES_OF_V2 = [
  ...[StateController, OverviewController, ChangesController, EventController],
  ...[HistoryController, EventLookupController, PingController],
  ...[PauseController, MaintenanceController],
];

function heartbeatsIn(extras: Partial<HeartbeatEngineExtras>): HeartbeatDynamicModule {
  checkSwitches('HeartbeatEngineModule', extras, ['routes', 'watch']);
  const { heartbeats } = extras;
  if (heartbeats?.mounts === undefined) throw wrong('heartbeats', 'what HeartbeatModule.forRoot returned');
  return heartbeats;
}

function assemble(definition: DynamicModule, extras: Partial<HeartbeatEngineExtras>): DynamicModule {
  const { routes = true, watch = true } = extras;
  const heartbeats = heartbeatsIn(extras);
  const controllers = routes ? controllersOf(heartbeats.mounts) : [];
  return {
    ...definition,
    imports: [...(definition.imports ?? []), heartbeats],
    controllers,
    providers: [
      ...(definition.providers ?? []),
      { provide: WATCH_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: completing(definition) },
      {
        provide: ENGINE_METRICS,
        inject: [WATCH_OPTIONS],
        useFactory: ({ metrics }: CompleteEngineOptions) => metrics ?? NO_METRICS,
      },
      { provide: EVENT_METRICS, useExisting: ENGINE_METRICS },
      ...(controllers.length > 0 ? [{ provide: MOUNTED_SITE, useExisting: Site }] : []),
      {
        provide: PING_SECRET,
        inject: [WATCH_OPTIONS],
        useFactory: ({ pingSecret }: CompleteEngineOptions) => pingSecret,
      },
      transportProvider(watch),
      ...[
        EngineRegistry,
        sharedClockProvider,
        StateStore,
        StateCounts,
        FirstStates,
        TombstoneWriter,
        EventService,
        LimitedEvents,
        ...maintenanceProviders,
        PauseService,
        PingService,
        StateCollection,
        BlindnessStatus,
        StateService,
      ],
      ...overviewProviders,
      ...historyProviders,
      HeartbeatHealthIndicator,
      ...(watch ? [webhookSinkProvider, alertmanagerSinkProvider, alarmSinkProvider, Engine] : []),
    ],
    exports: [
      EVENT_TRANSPORT,
      EventService,
      BlindnessStatus,
      StateService,
      StateStore,
      PauseService,
      OverviewWatch,
      StateCounts,
      FirstStates,
      HeartbeatHealthIndicator,
      ...(watch ? [Engine] : []),
    ],
  };
}

const maintenanceProviders: Provider[] = [MaintenanceCollection, MaintenanceService];

const sharedClockProvider: Provider = {
  provide: SharedClock,
  inject: [CLOCK, EngineRegistry],
  useFactory: (clock: Clock, registry: EngineRegistry) => new SharedClock(clock, registry),
};

const completing =
  (definition: DynamicModule) =>
  (options: HeartbeatEngineOptions): CompleteEngineOptions => {
    if (areAsync(definition, MODULE_OPTIONS_TOKEN)) ENGINE_OPTION_NAMES.returned(options);
    return completeEngineOptions(options);
  };

const transportProvider = (watch: boolean): Provider => ({
  provide: EVENT_TRANSPORT,
  inject: [WATCH_OPTIONS, ENGINE_METRICS],
  useFactory: ({ transport, amqp, prefetch }: CompleteEngineOptions, metrics: EngineMetrics) =>
    transport ?? openTransport(amqp, prefetch, metrics, watch),
});

/** What the host gave takes the place of the webhook as well. */
const webhookSinkProvider: Provider = {
  provide: WEBHOOK_SINK,
  inject: [WATCH_OPTIONS],
  useFactory: async ({ alarms, webhook }: CompleteEngineOptions): Promise<AlarmSink | undefined> =>
    webhook && !alarms ? WebhookAlarmSink.of(webhook) : undefined,
};

const alertmanagerSinkProvider: Provider = {
  provide: ALERTMANAGER_SINK,
  inject: [WATCH_OPTIONS],
  useFactory: ({ alarms, alertmanager }: CompleteEngineOptions): AlarmSink | undefined =>
    alertmanager && !alarms ? new AlertmanagerAlarmSink(alertmanager) : undefined,
};

/** The engine's first sink: what the host gave, the broker, without one the webhook, without that the log. */
const alarmSinkProvider: Provider = {
  provide: ALARM_SINK,
  inject: [WATCH_OPTIONS, EVENT_TRANSPORT, { token: WEBHOOK_SINK, optional: true }],
  useFactory: (
    { alarms }: CompleteEngineOptions,
    transport: EventTransport,
    webhook: AlarmSink | undefined,
  ): AlarmSink => {
    if (alarms) return alarms;
    if (takesAlarms(transport)) return new AmqpAlarmSink(transport);
    return webhook ?? new LogAlarmSink();
  },
};

const takesAlarms = (transport: Partial<AlarmPublisher>): transport is AlarmPublisher =>
  transport.publishAlarm !== undefined;
