import { DynamicModule, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { type HeartbeatEngineOptions, HeartbeatEngineModule, HeartbeatModule } from 'canopsis-heartbeat';

/**
 * The engine alone: it watches the heartbeats that the operations application stores, and serves nothing. Set `amqp`, and it
 * hears the events of RabbitMQ, and raises its alarms there; without it alarms go to the log.
 */
@Module({})
export class WatcherModule {
  static on(databaseUri: string, options: HeartbeatEngineOptions = {}): DynamicModule {
    const heartbeats = HeartbeatModule.forRoot({ routes: false, guard: false });
    return {
      module: WatcherModule,
      imports: [
        MongooseModule.forRoot(databaseUri),
        heartbeats,
        HeartbeatEngineModule.forRoot({ ...options, heartbeats, routes: false }),
      ],
    };
  }
}
