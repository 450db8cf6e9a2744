import { DynamicModule, Module, Provider } from '@nestjs/common';
import { FirstStates } from '../states/first-states';
import { ApplicationMetrics } from './application-metrics';
import { HeartbeatSeries } from './heartbeat-series';
import { MetricsAccess } from './metrics-access';
import { MetricsController } from './metrics.controller';
import { PrometheusEngineMetrics } from './prometheus-engine-metrics';

/** Where the metrics are, and who may read them. */
export interface MetricsOptions {
  /** true: on a port of their own, which the caller opens. Default: `GET /metrics` on the API's. */
  readonly ownPort?: boolean;
  /** Who may read them. Default: on the API's port its users, on one of their own everybody. */
  readonly access?: MetricsAccess;
  /** Of so many heartbeats there are series of their own. Default: 0. */
  readonly heartbeats?: number;
}

/** The metrics of one application. */
@Module({})
export class MetricsModule {
  /**
   * @param engine what the application's engine tells
   * @param watched the modules that export what is looked at: the database, the events and the states, and the requests
   */
  static register(
    { ownPort = false, access, heartbeats = 0 }: MetricsOptions,
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
        ...(heartbeats > 0 ? [seriesOf(heartbeats)] : []),
        ApplicationMetrics,
      ],
    };
  }
}

const seriesOf = (most: number): Provider => ({
  provide: HeartbeatSeries,
  inject: [FirstStates],
  useFactory: (states: FirstStates) => new HeartbeatSeries(states, most),
});
