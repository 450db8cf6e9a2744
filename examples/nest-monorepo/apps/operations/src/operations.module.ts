import { DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { UsersModule, UsersService } from '@example/users';
import { HeartbeatEngineModule, HeartbeatModule } from 'canopsis-heartbeat';
import { ApiKeyGuard, Public } from './api-key.guard';
import { ProblemFilter } from './problem.filter';
import { TeamsController } from './teams.controller';

/** The company's own application, which serves the heartbeat API beside its own. The engine runs elsewhere: see the watcher. */
@Module({})
export class OperationsModule {
  static on(databaseUri: string): DynamicModule {
    const heartbeats = HeartbeatModule.forRootAsync({
      // Heartbeats have their own guard; ours lets them pass.
      decorators: [Public()],
      imports: [UsersModule],
      inject: [UsersService],
      useFactory: (users: UsersService) => ({ users }),
    });
    return {
      module: OperationsModule,
      imports: [
        MongooseModule.forRoot(databaseUri),
        UsersModule,
        heartbeats,
        HeartbeatEngineModule.forRoot({ heartbeats, watch: false }),
      ],
      controllers: [TeamsController],
      providers: [
        { provide: APP_GUARD, useClass: ApiKeyGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
