import { DynamicModule, Module } from '@nestjs/common';
import { CLOCK, Clock, systemClock } from '../../time/clock';
import { StateCollection } from './state-collection';
import { StateController } from './state.controller';
import { StateService } from './state.service';

export interface StateApiModuleOptions {
  /** The module that says who may call, see `AuthModule.register`. */
  auth: DynamicModule;
  /** The module that exports the heartbeats, see `HeartbeatModule.register`. */
  heartbeat: DynamicModule;
  /** The module that exports what engines store, see `StateModule.register`. */
  state: DynamicModule;
  /** Default: the machine's wall clock. */
  clock?: Clock;
}

/** The state calls, for processes that serve the API. They read what engines stored, wherever those run. */
@Module({})
export class StateApiModule {
  static register({ auth, heartbeat, state, clock = systemClock }: StateApiModuleOptions): DynamicModule {
    return {
      module: StateApiModule,
      imports: [auth, heartbeat, state],
      controllers: [StateController],
      providers: [{ provide: CLOCK, useValue: clock }, StateCollection, StateService],
    };
  }
}
