import { DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module';
import type { Users } from './auth/users';
import type { DialectName } from './canopsis/dialect';
import type { Clock } from './time/clock';
import { DatabaseModule } from './database/database.module';
import { AlarmSinkModule } from './engine/alarm-sinks/alarm-sink.module';
import type { WebhookOptions } from './engine/alarm-sinks/webhook-alarm-sink';
import { EngineModule } from './engine/engine.module';
import type { EngineOptions } from './engine/engine.options';
import { StateModule } from './engine/state/state.module';
import { StateApiModule } from './engine/state-api/state-api.module';
import { EventApiModule } from './events/event-api.module';
import { EventsModule, EventsModuleOptions } from './events/events.module';
import { HealthModule } from './health/health.module';
import { HeartbeatModule } from './heartbeat/heartbeat.module';
import { HttpModule } from './http/http.module';

export interface AppOptions {
  dialect: DialectName;
  users: Users;
  /** Connection string of the database. */
  databaseUri: string;
  /** What the process does: serve the API, watch the heartbeats, or both (the default). */
  role?: 'all' | 'api' | 'engine';
  /** Default: events stay in the process. */
  events?: EventsModuleOptions;
  /** How the engine watches, where there is one in this process. */
  engine: EngineOptions;
  /** Where alarms are posted while there is no broker. Default: they go to the log. */
  webhook?: WebhookOptions;
  /** Default: the machine's clocks. */
  clock?: Clock;
}

/** What the standalone application is made of. Every role has the database, the events and the health checks. */
@Module({})
export class AppModule {
  static register({
    dialect,
    users,
    databaseUri,
    role = 'all',
    events: travel,
    engine: watching,
    webhook,
    clock,
  }: AppOptions): DynamicModule {
    const auth = AuthModule.register({ users });
    const database = DatabaseModule.register(databaseUri);
    const events = EventsModule.register(travel);
    const heartbeat = withRoutes(role !== 'engine', HeartbeatModule.register({ dialect, auth, clock }));
    const state = StateModule.register(heartbeat);
    const alarms = AlarmSinkModule.register({ events, webhook });
    const engine = EngineModule.register({ heartbeat, state, events, alarms, clock, ...watching });
    const api = [
      state,
      EventApiModule.register({ events, auth }),
      StateApiModule.register({ auth, heartbeat, state, clock }),
    ];
    const health = HealthModule.register([database, heartbeat, events]);
    return {
      module: AppModule,
      imports: [
        ...[HttpModule, auth, database, events, heartbeat, health],
        ...(role === 'engine' ? [] : api),
        ...(role === 'api' ? [] : [engine]),
      ],
    };
  }
}

/** An engine needs the heartbeats without their routes. */
const withRoutes = (wanted: boolean, module: DynamicModule): DynamicModule =>
  wanted ? module : { ...module, controllers: [] };
