import type { Logger } from '@nestjs/common';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { MAIN_ALONE, type OutboxName } from '../../states/outbox-fields';
import type { SharedClock } from '../../states/shared-clock';
import type { StateStore } from '../../states/state-store';
import type { AlarmSink } from '../alarms/alarm-sink';
import type { EngineMetrics } from '../engine-metrics';
import { type Leased, Leases } from './leases';
import { OutboxDispatcher } from './outbox-dispatcher';

/** What {@link AlarmSenders} work with. */
export interface AlarmSendersParts {
  readonly store: StateStore;
  readonly heartbeats: HeartbeatCollection;
  /** Where alarms go. */
  readonly sink: AlarmSink;
  /** Where they go as well; may be the same. */
  readonly webhook: AlarmSink | undefined;
  /** Where they go as well, as alerts. */
  readonly alertmanager: AlarmSink | undefined;
  readonly metrics: EngineMetrics;
  readonly clock: SharedClock;
  readonly logger: Logger;
}

/**
 * Whoever sends alarms: one {@link OutboxDispatcher} for each receiver, so that one that is away neither holds up the other nor
 * has it told twice (contract: engine, "Alarms out").
 */
export class AlarmSenders {
  /** The outboxes that each alarm is to be put into. */
  readonly outboxes: readonly OutboxName[];
  /** The leases of the main outboxes. */
  readonly leases: Leases;
  private readonly main: OutboxDispatcher;
  private readonly all: readonly OutboxDispatcher[];

  constructor(parts: AlarmSendersParts) {
    const { sink, webhook, alertmanager, store } = parts;
    this.outboxes = [
      ...MAIN_ALONE,
      ...(webhook !== undefined && webhook !== sink ? (['webhook'] as const) : []),
      ...(alertmanager !== undefined ? (['alertmanager'] as const) : []),
    ];
    this.leases = new Leases(store);
    this.main = new OutboxDispatcher({ ...parts, leases: this.leases });
    const beside = (outbox: OutboxName, to: AlarmSink | undefined): OutboxDispatcher[] =>
      to === undefined
        ? []
        : [new OutboxDispatcher({ ...parts, sink: to, outbox, leases: new Leases(store, outbox) })];
    // Where there was a broker until lately, what it left in the outboxes of the webhook is sent as well.
    this.all = [this.main, ...beside('webhook', webhook), ...beside('alertmanager', alertmanager)];
  }

  /** How many more alarms can be sent at once from the main outboxes. */
  readonly capacity = (): number => this.main.capacity;

  /** Sends these alarms of the main outboxes, which this process has leased already. */
  readonly send = (leased: Leased[]): void => this.main.send(leased);

  /** Looks for alarms to send now. */
  readonly wake = (): void => {
    for (const dispatcher of this.all) dispatcher.wake();
  };

  /** Whether alarms are being sent, or looked for, or their outcome is being stored. */
  get isBusy(): boolean {
    return this.all.some((dispatcher) => dispatcher.isBusy);
  }

  start(): void {
    for (const dispatcher of this.all) dispatcher.start();
  }

  /** Sends at once what rests in the main outboxes after a failure: whoever takes it is back. */
  retryNow(): Promise<void> {
    return this.main.retryNow();
  }

  /** Waits for what is being sent, and stores the outcomes. What is not sent yet stays in the outboxes. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((dispatcher) => dispatcher.stop()));
  }
}
