import { DynamicModule, Module } from '@nestjs/common';
import { EVENT_TRANSPORT, EventTransport } from '../events/event-transport';
import { CLOCK, Clock, systemClock } from '../time/clock';
import { ALARM_SINK, AlarmSink } from './alarm-sink';
import { Engine } from './engine';
import { ENGINE_OPTIONS, EngineOptions } from './engine.options';

export interface EngineModuleOptions extends EngineOptions {
  /** Exports the heartbeats and their changes, see `HeartbeatModule.register`. */
  heartbeat: DynamicModule;
  /** Exports what the engine stores, see `StateModule.register`. */
  state: DynamicModule;
  /** Exports the `EVENT_TRANSPORT`, see `EventsModule.register`. */
  events: DynamicModule;
  /** Makes what alarms go out through. */
  sink: (transport: EventTransport) => AlarmSink;
  /** Default: the machine's clocks. */
  clock?: Clock;
}

/** The heartbeat engine, which runs as long as the application does. */
@Module({})
export class EngineModule {
  static register(options: EngineModuleOptions): DynamicModule {
    const { heartbeat, state, events, sink, clock = systemClock, ...engine } = options;
    return {
      module: EngineModule,
      imports: [heartbeat, state, events],
      providers: [
        { provide: ENGINE_OPTIONS, useValue: engine },
        { provide: CLOCK, useValue: clock },
        { provide: ALARM_SINK, useFactory: sink, inject: [EVENT_TRANSPORT] },
        Engine,
      ],
      exports: [Engine],
    };
  }
}
