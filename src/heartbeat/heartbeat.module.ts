import { DynamicModule, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DialectName, dialectOf } from '../canopsis/dialect';
import { CLOCK, Clock, systemClock } from '../time/clock';
import { HeartbeatChanges } from './heartbeat-changes';
import { HeartbeatCollection } from './heartbeat-collection';
import { HeartbeatController } from './heartbeat.controller';
import { DIALECT } from './heartbeat.options';
import { HEARTBEAT_MODEL, HeartbeatSchema } from './heartbeat.schema';
import { HeartbeatService } from './heartbeat.service';

export interface HeartbeatModuleOptions {
  /** Which generation of the API is served. */
  dialect: DialectName;
  /** The module that says who may call, see `AuthModule.register`. */
  auth: DynamicModule;
  /** Default: the machine's wall clock. */
  clock?: Clock;
}

/** The heartbeat API: controller, service and schema, on the application's Mongoose connection. */
@Module({})
export class HeartbeatModule {
  static register({ dialect, auth, clock = systemClock }: HeartbeatModuleOptions): DynamicModule {
    return {
      module: HeartbeatModule,
      imports: [auth, MongooseModule.forFeature([{ name: HEARTBEAT_MODEL, schema: HeartbeatSchema }])],
      controllers: [HeartbeatController],
      providers: [
        { provide: DIALECT, useValue: dialectOf(dialect) },
        { provide: CLOCK, useValue: clock },
        HeartbeatChanges,
        HeartbeatCollection,
        HeartbeatService,
      ],
      exports: [HeartbeatService, HeartbeatCollection, HeartbeatChanges],
    };
  }
}
