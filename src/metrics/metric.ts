import type { Metric as PromMetric, Registry } from 'prom-client';

/** One number of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** What follows the metric's name, for the parts of a histogram: `_bucket`, `_sum` or `_count`. */
  readonly suffix?: string;
}

/** A metric that is read when somebody asks: what it counts costs next to nothing meanwhile. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** No samples where nothing is known. Never rejects. */
  readonly read: () => readonly Sample[] | Promise<readonly Sample[]>;
}

/** A registry of prom-client, of any version of it that a host may have. */
export type MetricRegistry = Pick<Registry, 'registerMetric'>;

/** Makes a registry show a metric. @throws Error where it has one of this name */
export function expose({ name, help, type, read }: Metric, registry: MetricRegistry): void {
  const aggregator = 'sum';
  const get = async (): Promise<object> => {
    const values = (await read()).map(({ labels, value, suffix = '' }) => {
      return { metricName: name + suffix, labels, value };
    });
    return { name, help, type, aggregator, values };
  };
  // All that a registry asks of a metric; prom-client's own classes check and hash their labels at each observation.
  const metric: unknown = { name, help, type, aggregator, get, reset: () => undefined };
  registry.registerMetric(metric as PromMetric);
}

/** A number without labels. */
export const single = (value: number): readonly Sample[] => [{ labels: {}, value }];
