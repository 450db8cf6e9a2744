import { Injectable } from '@nestjs/common';
import { Buckets } from './buckets';
import type { Metric } from './metric';

/** In seconds. A GET takes about a millisecond, and a request that waits for a lost database 1.8 s. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
/** Clients can send any other method. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']);

/** How long requests took, by method, route and status. The routes and the statuses are those of the application alone. */
@Injectable()
export class HttpDurations {
  private readonly series = new Map<
    string,
    { readonly labels: Record<string, string>; readonly buckets: Buckets }
  >();

  readonly metric: Metric = {
    name: 'heartbeat_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by route; status 499: the client went away before.',
    type: 'histogram',
    read: () => [...this.series.values()].flatMap(({ labels, buckets }) => buckets.samples(labels)),
  };

  /** @param route the route's template, or `unknown` */
  observe(method: string, route: string, status: number, seconds: number): void {
    const known = METHODS.has(method) ? method : 'other';
    const key = `${known} ${status} ${route}`;
    let found = this.series.get(key);
    if (found === undefined) {
      found = { labels: { method: known, route, status: String(status) }, buckets: new Buckets(BOUNDS) };
      this.series.set(key, found);
    }
    found.buckets.observe(seconds);
  }
}
