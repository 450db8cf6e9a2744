import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { EngineMetrics } from '../metrics/engine-metrics';
import { within } from '../time/within';
import type { AlarmSink } from './alarm-sink';
import { LEASE_MS, Leased, Leases } from './leases';
import { Loop } from './loop';
import type { HeartbeatState } from './state/heartbeat-state';
import type { StateStore } from './state/state-store';
import type { WatchedClock } from './watched-clock';

/** A delivery that takes longer counts as failed, in milliseconds. */
const DELIVERY_LIMIT_MS = 15_000;
/** With less of its lease left a delivery is not begun: the confirm could come when somebody else sends already. */
const LEAST_LEASE_MS = DELIVERY_LIMIT_MS + 5_000;
const FIRST_BACKOFF_MS = 1_000;
const LAST_BACKOFF_MS = 60_000;
/** No outbox is leased, or rests, for longer, in milliseconds: a later time is from before the wall clock was set back. */
export const LONGEST_REST_MS = LAST_BACKOFF_MS + LEASE_MS;
const LOOK_EVERY_MS = 1_000;
/** How long others may take to store what was confirmed to them, once the database is back. */
const QUIET_MS = 2_000;

/** What a {@link Sender} works with. */
export interface SenderParts {
  readonly store: StateStore;
  readonly leases: Leases;
  readonly sink: AlarmSink;
  readonly metrics: EngineMetrics;
  readonly clock: WatchedClock;
  readonly logger: Logger;
}

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/**
 * Sends what is in the outboxes: the first entry of each, until it is confirmed, then the next. An outbox is leased
 * first, so that of any number of processes one sends. After a failure it rests, 1 s at first and 60 s at most.
 */
export class Sender {
  private readonly loop: Loop;
  private readonly inHand = new Set<Promise<void>>();
  /** Outcomes that are not stored yet. */
  private outcomes: Write[] = [];
  private quietUntil = Number.NEGATIVE_INFINITY;
  private stepsSeen: number;
  private failing = false;

  constructor(private readonly parts: SenderParts) {
    this.stepsSeen = parts.clock.stepped;
    this.loop = new Loop('sending alarms', LOOK_EVERY_MS, () => this.look(), parts.logger);
  }

  /** How many more alarms can be sent at once. */
  get room(): number {
    return Math.max(0, this.parts.sink.parallel - this.inHand.size);
  }

  start(): void {
    this.loop.start();
  }

  /** Looks for alarms to send now. */
  readonly wake = (): void => this.loop.wake();

  /** Sends these alarms, which this process has leased already. */
  readonly send = (leased: Leased[]): void => {
    for (const alarm of leased) {
      const done = this.deliver(alarm).finally(() => {
        this.inHand.delete(done);
        this.loop.wake();
      });
      this.inHand.add(done);
    }
  };

  /** Sends at once what rests after a failure: whoever takes the alarms is back. */
  async retryNow(): Promise<void> {
    const resting = { unsent: { $gte: 1 }, lease: { $exists: false } };
    await this.parts.store.states.updateMany(resting, { $set: { leased_until: 0 } });
    this.loop.wake();
  }

  /** Waits for what is being sent, and stores the outcomes. What is not sent yet stays in the outboxes. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.inHand);
    await this.storeOutcomes();
  }

  private async look(): Promise<void> {
    try {
      await this.storeOutcomes();
      this.send(await this.parts.leases.found((leased) => this.isLongEnough(leased)));
      while (this.room > 0) {
        const wanted = this.room;
        const found = await this.lease(wanted);
        if (found < wanted) return;
      }
    } catch (error) {
      this.quietUntil = this.parts.clock.monotonic() + QUIET_MS;
      throw error;
    }
  }

  /**
   * Whether leases that seem to have ended may still be used: the wall clock was set, or the database was away, so that
   * others could not store what was confirmed to them.
   */
  private get leasesMayHold(): boolean {
    const { clock } = this.parts;
    if (clock.stepped !== this.stepsSeen) {
      this.stepsSeen = clock.stepped;
      this.quietUntil = clock.monotonic() + LEASE_MS;
    }
    return clock.monotonic() < this.quietUntil;
  }

  /** @returns how many outboxes it found */
  private async lease(limit: number): Promise<number> {
    const { store, leases, clock } = this.parts;
    const now = clock.now();
    const projection = { leased_until: 1, attempts: 1, outbox: { $slice: 1 } } as const;
    const unleased = this.leasesMayHold && { lease: { $exists: false } };
    const waiting = { unsent: { $gte: 1 }, leased_until: { $lte: now }, ...unleased };
    const found = await store.read(waiting, { projection, limit });
    if (found.length === 0) return 0;
    const lease = randomUUID();
    const until = clock.monotonic() + LEASE_MS;
    const $set = { lease, leased_until: now + LEASE_MS };
    const wanted: Leased[] = [];
    const writes = found.map(({ _id, leased_until, attempts, outbox }): Write => {
      const [entry] = outbox;
      if (entry) wanted.push({ id: _id, lease, entry, attempts, until });
      // Another process may have sent the entry that was read, and given the outbox back with the next one in it.
      const filter = { _id, leased_until, 'outbox.0.id': entry?.id };
      return { updateOne: { filter, update: { $set } } };
    });
    this.send((await leases.win(writes, wanted)).won);
    return found.length;
  }

  private isLongEnough({ until }: Leased): boolean {
    return until - this.parts.clock.monotonic() >= LEAST_LEASE_MS;
  }

  /** Never rejects. */
  private async deliver(leased: Leased): Promise<void> {
    const { sink, clock, metrics } = this.parts;
    const { id, lease, entry, attempts } = leased;
    if (!this.isLongEnough(leased)) return;
    const filter = { _id: id, lease };
    try {
      await within(DELIVERY_LIMIT_MS, sink.deliver(entry));
      this.report(undefined);
      metrics.alarmDelivery('sent');
      const update = {
        $pop: { outbox: -1 },
        $inc: { unsent: -1 },
        $set: { leased_until: 0, attempts: 0 },
        $unset: { lease: '' },
      } as const;
      this.outcomes.push({ updateOne: { filter, update } });
    } catch (error) {
      this.report(error);
      metrics.alarmDelivery('failed');
      const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempts, 10), LAST_BACKOFF_MS);
      const $set = { leased_until: clock.now() + backoff };
      const update = { $set, $inc: { attempts: 1 }, $unset: { lease: '' } } as const;
      this.outcomes.push({ updateOne: { filter, update } });
    }
  }

  /** Kept until they are stored: what is confirmed must not be sent again. */
  private async storeOutcomes(): Promise<void> {
    while (this.outcomes.length > 0) {
      const outcomes = this.outcomes;
      this.outcomes = [];
      try {
        await this.parts.store.write(outcomes);
      } catch (error) {
        this.outcomes = [...outcomes, ...this.outcomes];
        throw error;
      }
    }
  }

  /** One line when sending begins to fail, and one when it works again. */
  private report(error: unknown): void {
    const failing = error !== undefined;
    if (failing === this.failing) return;
    this.failing = failing;
    if (!failing) this.parts.logger.log('alarms are delivered again');
    else this.parts.logger.error(`alarms cannot be delivered, trying again: ${errorText(error)}`);
  }
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
