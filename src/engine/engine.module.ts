import { DynamicModule, Module } from '@nestjs/common';
import { CLOCK, Clock, systemClock } from '../time/clock';
import { Engine } from './engine';
import { ENGINE_OPTIONS, EngineOptions } from './engine.options';

export interface EngineModuleOptions extends EngineOptions {
  /** Exports the heartbeats and their changes, see `HeartbeatModule.register`. */
  heartbeat: DynamicModule;
  /** Exports what the engine stores, see `StateModule.register`. */
  state: DynamicModule;
  /** Exports the `EVENT_TRANSPORT`, see `EventsModule.register`. */
  events: DynamicModule;
  /** Exports the `ALARM_SINK`, see `AlarmSinkModule.register`. */
  alarms: DynamicModule;
  /** Default: the machine's clocks. */
  clock?: Clock;
}

/** The heartbeat engine, which runs as long as the application does. */
@Module({})
export class EngineModule {
  static register(options: EngineModuleOptions): DynamicModule {
    const { heartbeat, state, events, alarms, clock = systemClock, ...engine } = options;
    return {
      module: EngineModule,
      imports: [heartbeat, state, events, alarms],
      providers: [{ provide: ENGINE_OPTIONS, useValue: engine }, { provide: CLOCK, useValue: clock }, Engine],
      exports: [Engine],
    };
  }
}
