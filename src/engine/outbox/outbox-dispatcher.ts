import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { EngineMetrics } from '../engine-metrics';
import { errorText } from '../../util/error-text';
import { Throttle } from '../../util/throttle';
import { withTimeout } from '../../util/timeout';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { inOutbox, type OutboxFields, type OutboxName, outboxOf } from '../../states/outbox-fields';
import { alarmLine } from '../alarms/alarm';
import { AlarmRefusedError, type AlarmSink, type AlarmSource, ReceiverBusyError } from '../alarms/alarm-sink';
import { LEASE_MS, Leased, Leases } from './leases';
import { Outcomes } from './outcomes';
import { Refusals } from './refusals';
import { Loop } from '../../util/loop';
import type { HeartbeatState } from '../../states/heartbeat-state';
import type { StateDocuments } from '../../states/state-store';
import type { SharedClock } from '../../states/shared-clock';

/** With less of its lease left, in milliseconds, a delivery is not begun, and the lease of one that is under way is renewed. */
const LEAST_LEASE_MS = 20_000;
/** How long stopping waits for what is under way, in milliseconds: the rest is sent again where its lease has ended. */
const STOP_LIMIT_MS = 5_000;
const FIRST_BACKOFF_MS = 1_000;
const LAST_BACKOFF_MS = 60_000;
/** No outbox is leased, or rests, for longer, in milliseconds: a later time is from before the wall clock was set back. */
export const LONGEST_BACKOFF_MS = LAST_BACKOFF_MS + LEASE_MS;
/** With so many characters under way, nothing more is sent at once: alarms of old heartbeats may have a million each. */
const MOST_CHARACTERS = 8_000_000;
const LOOK_EVERY_MS = 1_000;
/** Where reasons of failing alternate, each is told this often, in milliseconds. */
const REPEAT_REASON_MS = 60_000;
const WAYS: Readonly<Record<OutboxName, string>> = {
  ...{ main: '', webhook: ' by webhook', alertmanager: ' to Alertmanager' },
};
/** How long others may take to store what was confirmed to them, once the database is back, in milliseconds. */
const QUIET_MS = 2_000;

/** What a {@link OutboxDispatcher} works with. */
export interface OutboxDispatcherParts {
  readonly store: StateDocuments;
  readonly leases: Leases;
  readonly sink: AlarmSink;
  readonly metrics: EngineMetrics;
  readonly clock: SharedClock;
  readonly logger: Logger;
  /** For the names of heartbeats. */
  readonly heartbeats: Pick<HeartbeatCollection, 'readByIds'>;
  /** Which outboxes. Default: the main ones. */
  readonly outbox?: OutboxName;
}

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/**
 * Sends what is in the outboxes: the first entry of each, until it is confirmed, then the next. An outbox is leased
 * first, so that of any number of processes one sends. After a failure it rests, 1 s at first and 60 s at most.
 */
export class OutboxDispatcher {
  private readonly loop: Loop;
  private readonly inFlight = new Map<Promise<void>, Leased>();
  /** How many characters the alarms under way have. */
  private characters = 0;
  private readonly outcomes: Outcomes;
  /** On the machine's monotonic clock: it is time that other processes take. */
  private quietUntil = Number.NEGATIVE_INFINITY;
  private stepsSeen: number;
  /** Why nothing could be delivered, as it was told last; undefined while alarms are delivered. */
  private failing: string | undefined;
  private throttle = new Throttle(0, REPEAT_REASON_MS);
  private readonly refusals = new Refusals();
  private readonly name: OutboxName;
  /** Until then the receiver does not want to be called; on the shared monotonic clock. */
  private pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: OutboxDispatcherParts) {
    this.name = parts.outbox ?? 'main';
    this.outcomes = new Outcomes(parts.store, this.name);
    this.stepsSeen = parts.clock.steps;
    this.loop = new Loop('sending alarms', LOOK_EVERY_MS, () => this.poll(), parts.logger);
  }

  /** How many more alarms can be sent at once. */
  get capacity(): number {
    if (this.isPaused || this.characters > MOST_CHARACTERS) return 0;
    return Math.max(0, (this.parts.sink.parallel ?? 1) - this.inFlight.size);
  }

  /** Whether alarms are being sent, or looked for, or their outcome is being stored. */
  get isBusy(): boolean {
    return this.inFlight.size > 0 || this.outcomes.any || this.loop.isBusy;
  }

  start(): void {
    this.loop.start();
  }

  /** Looks for alarms to send now. */
  readonly wake = (): void => this.loop.wake();

  /** Sends these alarms, which this process has leased already. */
  readonly send = (leased: Leased[]): void => {
    for (const alarm of leased) {
      const { length } = alarm.entry.body;
      this.characters += length;
      const done = this.deliver(alarm).finally(() => {
        this.characters -= length;
        this.inFlight.delete(done);
        this.loop.wake();
      });
      this.inFlight.set(done, alarm);
    }
  };

  /** Sends at once what rests after a failure: whoever takes the alarms is back. */
  async retryNow(): Promise<void> {
    const filter = { [this.field('unsent')]: { $gte: 1 }, [this.field('lease')]: { $exists: false } };
    const update = { $set: { [this.field('leased_until')]: 0 } };
    await this.parts.store.write([{ updateMany: { filter, update } }]);
    this.loop.wake();
  }

  private field(name: keyof OutboxFields): string {
    return inOutbox(this.name, name);
  }

  private get isPaused(): boolean {
    return this.parts.clock.monotonic() < this.pausedUntil;
  }

  /** Waits for what is being sent, and stores the outcomes. What is not sent yet stays in the outboxes. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await withTimeout(STOP_LIMIT_MS, Promise.all(this.inFlight.keys())).catch(() => undefined);
    // The driver does not make statements again that are for several documents, and there is no next look.
    await this.outcomes.storeAll().catch(() => this.outcomes.storeAll());
  }

  private async poll(): Promise<void> {
    try {
      await this.outcomes.storeAll();
      await this.renew();
      this.send(await this.parts.leases.recoverUncertain((leased) => this.isLongEnough(leased)));
      while (this.capacity > 0) {
        const wanted = this.capacity;
        const found = await this.lease(wanted);
        if (found < wanted) return;
      }
    } catch (error) {
      this.quietUntil = performance.now() + QUIET_MS;
      throw error;
    }
  }

  /**
   * An alarm that was written is under way, however long its confirm takes (contract: engine, "Alarms out"): until it is known what
   * became of it, nobody else sends it.
   */
  private async renew(): Promise<void> {
    const { leases, clock } = this.parts;
    const ending = [...this.inFlight].filter(([, leased]) => !this.isLongEnough(leased));
    if (ending.length === 0) return;
    const until = clock.monotonic() + LEASE_MS;
    await leases.renew(
      ending.map(([, leased]) => leased),
      clock.now() + LEASE_MS,
    );
    for (const [done, leased] of ending) {
      if (this.inFlight.has(done)) this.inFlight.set(done, { ...leased, until });
    }
  }

  /**
   * Whether leases that seem to have ended may still be used: the wall clock was set, or the database was away, so that
   * others could not store what was confirmed to them.
   */
  private get leasesMayHold(): boolean {
    const { clock } = this.parts;
    if (clock.steps !== this.stepsSeen) {
      this.stepsSeen = clock.steps;
      this.quietUntil = performance.now() + LEASE_MS;
    }
    return performance.now() < this.quietUntil;
  }

  /** @returns how many outboxes it found */
  private async lease(limit: number): Promise<number> {
    const { store, leases, clock } = this.parts;
    const now = clock.now();
    const projection = {
      [this.field('leased_until')]: 1,
      [this.field('attempts')]: 1,
      [this.field('outbox')]: { $slice: 1 },
    };
    const unleased = this.leasesMayHold && { [this.field('lease')]: { $exists: false } };
    const waiting = {
      [this.field('unsent')]: { $gte: 1 },
      [this.field('leased_until')]: { $lte: now },
      ...unleased,
    };
    const found = await store.read(waiting, { projection, limit });
    if (found.length === 0) return 0;
    const lease = randomUUID();
    const until = clock.monotonic() + LEASE_MS;
    const $set = { [this.field('lease')]: lease, [this.field('leased_until')]: now + LEASE_MS };
    const wanted: Leased[] = [];
    const writes = found.map((state): Write => {
      const { outbox: [entry] = [], leased_until, attempts = 0 } = outboxOf(state, this.name);
      if (entry) wanted.push({ id: state._id, lease, entry, attempts, until });
      // Another process may have sent the entry that was read, and given the outbox back with the next one in it.
      const first = { [`${this.field('outbox')}.0.id`]: entry?.id };
      const filter = { _id: state._id, [this.field('leased_until')]: leased_until, ...first };
      return { updateOne: { filter, update: { $set } } };
    });
    this.send((await leases.acquire(writes, wanted)).won);
    return found.length;
  }

  private isLongEnough({ until }: Leased): boolean {
    return until - this.parts.clock.monotonic() >= LEAST_LEASE_MS;
  }

  /** Never rejects. */
  private async deliver(leased: Leased): Promise<void> {
    const { sink, metrics } = this.parts;
    const { id, entry } = leased;
    if (this.isPaused || !this.isLongEnough(leased)) {
      // Nothing was sent: whoever comes first may, and need not wait for the lease to end.
      this.outcomes.again(leased, { leased_until: 0 });
      return;
    }
    try {
      await sink.deliver(entry, this.sourceOf(id));
      this.report(undefined);
      this.refusals.delivered(entry.id);
      metrics.alarmDelivery('sent', this.name);
      this.outcomes.done(leased);
    } catch (error) {
      this.failed(leased, error);
    }
  }

  private failed(leased: Leased, error: unknown): void {
    const { clock, metrics, logger } = this.parts;
    const { entry, attempts } = leased;
    metrics.alarmDelivery('failed', this.name);
    const refused = error instanceof AlarmRefusedError ? this.refusals.count(entry.id, error) : undefined;
    if (refused !== undefined) {
      metrics.alarmDelivery('set_aside', this.name);
      logger.error(`${alarmLine(entry)}: set aside, refused ${refused} times: ${errorText(error)}`);
      this.outcomes.done(leased);
      return;
    }
    this.report(error);
    if (error instanceof ReceiverBusyError) this.pausedUntil = clock.monotonic() + error.waitMs;
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempts, 10), LAST_BACKOFF_MS);
    this.outcomes.again(leased, { leased_until: clock.now() + backoff, attempts: attempts + 1 });
  }

  private sourceOf(id: string): AlarmSource {
    const named = async (): Promise<string | undefined> => {
      const [heartbeat] = await this.parts.heartbeats.readByIds([id], { name: 1 });
      return typeof heartbeat?.name === 'string' ? heartbeat.name : undefined;
    };
    return { id, name: () => named().catch(() => undefined) };
  }

  /** One line when sending begins to fail, one for each other reason, and one when it works again. */
  private report(error: unknown): void {
    const { logger } = this.parts;
    const reason = error === undefined ? undefined : errorText(error);
    if (reason === this.failing) return;
    const where = WAYS[this.name];
    if (reason === undefined) {
      this.failing = undefined;
      this.throttle = new Throttle(0, REPEAT_REASON_MS);
      logger.log(`alarms are delivered again${where}`);
      return;
    }
    this.throttle.run(reason, () => {
      this.failing = reason;
      logger.error(`alarms cannot be delivered${where}, trying again: ${reason}`);
    });
  }
}
