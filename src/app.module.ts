import { DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module';
import type { Users } from './auth/users';
import type { DialectName } from './canopsis/dialect';
import type { Clock } from './time/clock';
import { DatabaseModule } from './database/database.module';
import { HealthModule } from './health/health.module';
import { HeartbeatModule } from './heartbeat/heartbeat.module';
import { HttpModule } from './http/http.module';

export interface AppOptions {
  dialect: DialectName;
  users: Users;
  /** Connection string of the database. */
  databaseUri: string;
  /** Default: the machine's wall clock. */
  clock?: Clock;
}

/** What the standalone application is made of. */
@Module({})
export class AppModule {
  static register({ dialect, users, databaseUri, clock }: AppOptions): DynamicModule {
    const auth = AuthModule.register({ users });
    const database = DatabaseModule.register(databaseUri);
    const heartbeat = HeartbeatModule.register({ dialect, auth, clock });
    const health = HealthModule.register([database, heartbeat]);
    return { module: AppModule, imports: [HttpModule, auth, database, heartbeat, health] };
  }
}
