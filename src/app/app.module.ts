import { DynamicModule, Module } from '@nestjs/common';
import type { Users } from '../auth/users';
import type { DialectName } from '../domain/dialect';
import { DatabaseModule } from '../database/database.module';
import type { HeartbeatEngineOptions } from '../engine/engine.options';
import { HeartbeatEngineModule } from '../engine/heartbeat-engine.module';
import { HealthModule } from '../observability/health.module';
import { HeartbeatPageModule } from '../page/heartbeat-page.module';
import { HeartbeatModule } from '../heartbeat/heartbeat.module';
import { HttpModule } from '../http/http.module';
import type { CallLimits } from '../heartbeat/heartbeat.options';
import { MetricsModule, MetricsOptions } from '../metrics/metrics.module';
import { PrometheusEngineMetrics } from '../metrics/prometheus-engine-metrics';
import type { Clock } from '../util/clock';

export interface AppOptions {
  dialect: DialectName;
  users: Users;
  /** Connection string of the database. */
  databaseUri: string;
  /** What the process does: serve the API, watch the heartbeats, or both (the default). */
  role?: 'all' | 'api' | 'engine';
  /** How events travel, alarms go out, and the engine watches. */
  engine?: HeartbeatEngineOptions;
  /** How much a client may do. */
  limits?: CallLimits;
  /** Where the metrics are, and who may read them. */
  metrics?: MetricsOptions;
  /** Whether the page is served, at `/`. Default: true where the API is. */
  page?: boolean;
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
    engine,
    limits,
    metrics = {},
    page = true,
    clock,
  }: AppOptions): DynamicModule {
    const database = DatabaseModule.register(databaseUri);
    const routes = role !== 'engine';
    const counted = new PrometheusEngineMetrics();
    const heartbeats = HeartbeatModule.forRoot({ dialect, users, clock, limits, routes });
    const watching = HeartbeatEngineModule.forRoot({
      ...engine,
      ...{ heartbeats, routes, watch: role !== 'api', metrics: counted },
    });
    const health = HealthModule.register([database, heartbeats, watching]);
    const shown = MetricsModule.register(metrics, counted, [HttpModule, database, watching]);
    const pages = page && routes ? [HeartbeatPageModule.forRoot({ heartbeats, engine: watching })] : [];
    return {
      module: AppModule,
      imports: [HttpModule, database, heartbeats, watching, health, shown, ...pages],
    };
  }
}
