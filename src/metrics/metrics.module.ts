import { DynamicModule, Module } from '@nestjs/common';
import { ApplicationMetrics } from './application-metrics';
import { MetricsAccess } from './metrics-access';
import { MetricsController } from './metrics.controller';
import { PrometheusEngineMetrics } from './prometheus-engine-metrics';

/** Where the metrics are, and who may read them. */
export interface MetricsOptions {
  /** true: on a port of their own, which the caller opens. Default: `GET /metrics` on the API's. */
  readonly ownPort?: boolean;
  /** Who may read them. Default: on the API's port its users, on one of their own everybody. */
  readonly access?: MetricsAccess;
}

/** The metrics of one application. */
@Module({})
export class MetricsModule {
  /**
   * @param engine what the application's engine tells
   * @param watched the modules that export what is looked at: the database, the events and the states, and the requests
   */
  static register(
    { ownPort = false, access }: MetricsOptions,
    engine: PrometheusEngineMetrics,
    watched: DynamicModule['imports'],
  ): DynamicModule {
    return {
      module: MetricsModule,
      imports: watched,
      controllers: ownPort ? [] : [MetricsController],
      providers: [
        { provide: PrometheusEngineMetrics, useValue: engine },
        ...(access ? [{ provide: MetricsAccess, useValue: access }] : []),
        ApplicationMetrics,
      ],
    };
  }
}
