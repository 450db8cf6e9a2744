import { Buckets } from './buckets';
import type { EngineMetrics } from '../engine/engine-metrics';
import type { OutboxName } from '../states/outbox-fields';
import type { PoisonReason } from '../events/event-metrics';
import { type Metric, type MetricRegistry, type Sample, expose, single } from './metric';

/**
 * Counts what an engine tells, for Prometheus. An application has one of them for each engine; a host gives it to
 * `HeartbeatEngineModule` as `metrics`, and shows it in a registry of its own with {@link registerIn}.
 */
export class PrometheusEngineMetrics implements EngineMetrics {
  private received = 0;
  private withHeartbeats = 0;
  private readonly poisoned = { empty: 0, not_json: 0, not_an_object: 0, failed: 0 };
  private readonly deliveries = { sent: 0, failed: 0, set_aside: 0 };
  /** To receivers beside the first; not there before their first alarm. */
  private readonly beside = new Map<OutboxName, typeof this.deliveries>();
  private blindSeconds = 0;
  private readonly blindnesses = { away: 0, path: 0, blocked: 0, others: 0 };
  private checks = 0;
  /** Not known before the engine has told, nor where there is none. */
  private blind: boolean | undefined;
  private pathIsWhole: boolean | undefined;
  private clockDifference = 0;
  private readonly matchSeconds = new Buckets([1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.1]);
  private readonly flushSize = new Buckets([1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000]);
  private readonly flushSeconds = new Buckets([
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
  ]);
  private readonly detectionDelay = new Buckets([0.4, 0.5, 0.6, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300]);

  /** What it shows. */
  readonly metrics: readonly Metric[] = [
    counter('heartbeat_events_received_total', 'Events that the engine took.', () => single(this.received)),
    counter('heartbeat_events_matched_total', 'Events that belong to at least one heartbeat.', () =>
      single(this.withHeartbeats),
    ),
    counter(
      'heartbeat_events_poisoned_total',
      'What was sent as an event and is none, by why: messages by their body, and failed_events.',
      () => by('reason', this.poisoned),
    ),
    histogram(
      'heartbeat_match_seconds',
      'Time to find the heartbeats of an event, of one event in 64.',
      this.matchSeconds,
    ),
    histogram('heartbeat_flush_size', 'Events that were stored together.', this.flushSize),
    histogram('heartbeat_flush_seconds', 'Time to store events together.', this.flushSeconds),
    histogram(
      'heartbeat_detection_delay_seconds',
      'Time from the deadline of a heartbeat to its alarm being raised; 0.5 s of it are intended.',
      this.detectionDelay,
    ),
    counter(
      'heartbeat_alarms_total',
      'Attempts to deliver an alarm, by how they ended; set_aside: refused too often, not tried again.',
      () => [
        ...by('outcome', this.deliveries),
        ...[...this.beside].flatMap(([receiver, counts]) => by('outcome', counts, { receiver })),
      ],
    ),
    counter('heartbeat_blind_seconds_total', 'Time in which silence was no evidence, in seconds.', () =>
      this.blind === undefined ? [] : single(this.blindSeconds),
    ),
    counter('heartbeat_blindnesses_total', 'How often events could not be heard, by what was wrong.', () =>
      by('reason', this.blindnesses),
    ),
    counter('heartbeat_path_checks_total', 'Checks that were sent to see whether events come.', () =>
      single(this.checks),
    ),
    {
      name: 'heartbeat_path_whole',
      help: '0 while events are known not to come, or not all of them, so that silence is no evidence.',
      type: 'gauge',
      read: () => (this.pathIsWhole === undefined ? [] : single(Number(this.pathIsWhole))),
    },
    {
      name: 'heartbeat_clock_difference_seconds',
      help: "By how much the machine's clock is ahead of the database's, whose time is used.",
      type: 'gauge',
      read: () => (this.pathIsWhole === undefined ? [] : single(this.clockDifference)),
    },
    {
      name: 'heartbeat_blind',
      help: '1 while silence is no evidence, because events cannot be heard or were not until just now.',
      type: 'gauge',
      read: () => (this.blind === undefined ? [] : single(Number(this.blind))),
    },
  ];

  /** Shows the metrics in a registry of prom-client. @throws Error where it has one of these names */
  registerIn(registry: MetricRegistry): void {
    for (const metric of this.metrics) expose(metric, registry);
  }

  eventReceived(heartbeats: number): void {
    this.received += 1;
    if (heartbeats > 0) this.withHeartbeats += 1;
  }

  eventPoisoned(reason: PoisonReason): void {
    this.poisoned[reason] += 1;
  }

  matched(seconds: number): void {
    this.matchSeconds.observe(seconds);
  }

  flushed(events: number, seconds: number): void {
    this.flushSize.observe(events);
    this.flushSeconds.observe(seconds);
  }

  detected(seconds: number): void {
    this.detectionDelay.observe(seconds);
  }

  alarmDelivery(outcome: keyof typeof this.deliveries, receiver: OutboxName): void {
    this.countsOf(receiver)[outcome] += 1;
  }

  private countsOf(receiver: OutboxName): typeof this.deliveries {
    if (receiver === 'main') return this.deliveries;
    const counts = this.beside.get(receiver) ?? { sent: 0, failed: 0, set_aside: 0 };
    this.beside.set(receiver, counts);
    return counts;
  }

  hearing(blind: boolean, seconds: number): void {
    this.blind = blind;
    if (blind) this.blindSeconds += seconds;
  }

  blindness(reason: keyof typeof this.blindnesses): void {
    this.blindnesses[reason] += 1;
  }

  path(whole: boolean, clockDifference: number): void {
    this.pathIsWhole = whole;
    this.clockDifference = clockDifference;
  }

  pathCheck(): void {
    this.checks += 1;
  }
}

const counter = (name: string, help: string, read: Metric['read']): Metric => ({
  ...{ name, help, read },
  type: 'counter',
});

const histogram = (name: string, help: string, buckets: Buckets): Metric => ({
  ...{ name, help },
  type: 'histogram',
  read: () => buckets.samples(),
});

const by = (
  label: string,
  counts: Readonly<Record<string, number>>,
  more: Readonly<Record<string, string>> = {},
): Sample[] => Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name, ...more }, value }));
