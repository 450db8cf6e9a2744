import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DatabaseConnection } from '../database/database-connection';
import { StateCounts } from '../states/state-counts';
import { EVENT_TRANSPORT, type BrokerConnection } from '../events/event-transport';
import { HeartbeatSeries } from './heartbeat-series';
import { HttpDurations } from './http-durations';
import { type Metric, type Sample, expose, single } from './metric';
import { PrometheusEngineMetrics } from './prometheus-engine-metrics';

/** Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What prom-client says of the event loop where nothing was measured yet: at a start, or right after another scrape. */
const UNMEASURED = /^nodejs_eventloop_lag_\w+ (nan|9223372036\.\d+)\n/gim;

/** All that one application shows to Prometheus, in a registry of its own. */
@Injectable()
export class ApplicationMetrics {
  private registry: Promise<Registry> | undefined;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly stateCounts: StateCounts,
    @Inject(EVENT_TRANSPORT) private readonly transport: BrokerConnection,
    private readonly engine: PrometheusEngineMetrics,
    private readonly http: HttpDurations,
    @Optional() private readonly series?: HeartbeatSeries,
  ) {}

  /** Everything as text. Takes 2 s at most while the database is away. */
  async text(): Promise<string> {
    // Made when it is first asked for: prom-client takes as long to load as the rest of a start-up, and Node's
    // own numbers cost some work each second.
    this.registry ??= this.makeRegistry().catch((error: unknown) => {
      this.registry = undefined;
      throw error;
    });
    return (await (await this.registry).metrics()).replace(UNMEASURED, '');
  }

  private async makeRegistry(): Promise<Registry> {
    const { Registry, collectDefaultMetrics } = await import('prom-client');
    const registry = new Registry();
    for (const metric of this.gauges()) expose(metric, registry);
    this.engine.registerIn(registry);
    expose(this.http.metric, registry);
    for (const metric of this.series?.metrics ?? []) expose(metric, registry);
    collectDefaultMetrics({ register: registry });
    return registry;
  }

  private gauges(): Metric[] {
    const gauge = (name: string, help: string, read: Metric['read']): Metric => ({
      ...{ name, help, read },
      type: 'gauge',
    });
    return [
      gauge('heartbeat_heartbeats', 'Heartbeats by state; the same from every process of a database.', () =>
        this.heartbeats(),
      ),
      gauge(
        'heartbeat_outbox_depth',
        'Heartbeats with alarms that wait to be delivered; the same from every process of a database.',
        () => this.outbox(),
      ),
      gauge('heartbeat_database_up', '1 while the database answers.', async () =>
        single(Number(await this.database.isAlive())),
      ),
      gauge('heartbeat_broker_up', '1 while the broker is connected; absent where none is configured.', () =>
        this.transport.status === 'none' ? [] : single(Number(this.transport.status === 'up')),
      ),
    ];
  }

  private async heartbeats(): Promise<Sample[]> {
    const found = await this.stateCounts.take();
    return Object.entries(found?.states ?? {}).map(([state, value]) => ({ labels: { state }, value }));
  }

  private async outbox(): Promise<readonly Sample[]> {
    const found = await this.stateCounts.take();
    if (found === undefined) return [];
    const beside = Object.entries(found.unsentBeside).filter(([, value]) => value > 0);
    return [...single(found.unsent), ...beside.map(([receiver, value]) => ({ labels: { receiver }, value }))];
  }
}
