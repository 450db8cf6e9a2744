import { DynamicModule, Module } from '@nestjs/common';
import { RemovalRecorder } from './removal-recorder';
import { StateStore } from './state-store';

/** What the engine stores, on the application's Mongoose connection; also where the engine itself runs elsewhere. */
@Module({})
export class StateModule {
  /** @param heartbeat see `HeartbeatModule.register` */
  static register(heartbeat: DynamicModule): DynamicModule {
    return {
      module: StateModule,
      imports: [heartbeat],
      providers: [StateStore, RemovalRecorder],
      exports: [StateStore],
    };
  }
}
