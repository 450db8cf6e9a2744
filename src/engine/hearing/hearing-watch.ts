import type { EventTransport } from '../../events/event-transport';
import type { EngineMetrics } from '../../metrics/engine-metrics';
import { isDuplicateKey } from '../../heartbeat/duplicate-key';
import { BLIND_AFTER_MS, type Hearing } from '../state/heartbeat-state';
import type { StateStore } from '../state/state-store';
import type { WatchedClock } from '../watched-clock';
import { postponeDeadlines } from './postpone';

/** How often the time of the last hearing is stored, in milliseconds. */
const STORE_EVERY_MS = 1_000;
/** Looks further apart than this mean that the process stood still: what was sent meanwhile is heard first. */
const STANDSTILL_MS = 1_000;
/** How long what was found out about hearing holds, in milliseconds. */
const FRESH_MS = 2 * STORE_EVERY_MS;
/**
 * How long nothing counts as silent after the database failed, in milliseconds: by then every process has stored the events
 * that it held meanwhile, or has given them back and some process has them.
 */
const AFTER_FAILURE_MS = 2_000;
/** How often it looks whether the process stood still, in milliseconds. */
const NOTICE_EVERY_MS = 500;
const TRIES = 3;

/** What a {@link HearingWatch} works with. */
export interface HearingWatchParts {
  readonly transport: EventTransport;
  readonly store: StateStore;
  readonly clock: WatchedClock;
  readonly metrics: EngineMetrics;
  readonly prefetch: number;
  readonly blindGraceMs: number;
  readonly repeatMs?: number;
  /** How many events have been received so far. */
  readonly received: () => number;
  /** Stores the events that were received. */
  readonly flush: () => Promise<void>;
}

/**
 * Knows whether silence is evidence (contract: engine, "Blind time"). It is while the transport hears, no backlog from the
 * time before it did is left, and, after blindness of more than 5 s or a step of the wall clock, all deadlines have been
 * postponed. The engines of a database share when that last was so.
 */
export class HearingWatch {
  private storedAt = Number.NEGATIVE_INFINITY;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private settled = false;
  private known: Hearing | undefined;
  private stepsSeen = 0;
  /** What to hear first: how many messages waited when hearing began, and how many had been received by then. */
  private backlog: { waiting: number; received: number } | undefined;
  private caughtUp = false;
  private quietUntil = Number.NEGATIVE_INFINITY;
  private aliveAt: number;
  private stoodStill = false;
  private readonly stopListening: () => void;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly parts: HearingWatchParts) {
    this.aliveAt = parts.clock.monotonic();
    this.stopListening = parts.transport.onHearingChange(() => this.interrupt());
    this.timer = setInterval(() => this.notice(), NOTICE_EVERY_MS).unref();
  }

  /** Whether a heartbeat whose deadline has passed may be called silent now. */
  get open(): boolean {
    const { transport, clock } = this.parts;
    const noStep = clock.stepped === this.stepsSeen;
    const now = clock.monotonic();
    const known = this.settled && noStep && now - this.storedAt <= FRESH_MS;
    return known && transport.hearing && now >= this.quietUntil;
  }

  /** When hearing last came back, in milliseconds since the epoch; 0 as long as that is not known. */
  get againAt(): number {
    return this.known?.again_at ?? 0;
  }

  /** To be called at each tick. Rejects when the database or the broker fails; it then does not hear. */
  async look(): Promise<void> {
    const { clock, transport } = this.parts;
    const at = clock.monotonic();
    if (at - this.lookedAt > STANDSTILL_MS) this.interrupt();
    this.lookedAt = at;
    if (!transport.hearing) return;
    if (this.open && at - this.storedAt < STORE_EVERY_MS) return;
    try {
      if (!(await this.isCaughtUp())) this.settled = false;
      else await this.hear();
    } catch (error) {
      this.failed();
      throw error;
    }
  }

  /** The database or the broker failed: what is held then, here or in another process, must be stored first. */
  failed(): void {
    this.interrupt();
    this.quietUntil = this.parts.clock.monotonic() + AFTER_FAILURE_MS;
  }

  /** Hearing came or went, or was not noticed: what waits then must be heard before silence counts again. */
  private interrupt(): void {
    this.settled = false;
    this.caughtUp = false;
    this.backlog = undefined;
  }

  stop(): void {
    this.stopListening();
    clearInterval(this.timer);
  }

  private notice(): void {
    const { clock, metrics } = this.parts;
    const at = clock.monotonic();
    if (at - this.aliveAt > BLIND_AFTER_MS) this.stoodStill = true;
    metrics.hearing(!this.open, (at - this.aliveAt) / 1_000);
    this.aliveAt = at;
  }

  /** The queue is first in, first out: what waited at the beginning is heard once as many events have come since. */
  private async isCaughtUp(): Promise<boolean> {
    const { transport, received, prefetch, flush } = this.parts;
    const waiting = await transport.backlog();
    if (this.caughtUp) return waiting <= prefetch;
    this.backlog ??= { waiting, received: received() };
    const heard = received() - this.backlog.received >= this.backlog.waiting;
    if (waiting > 0 && !(heard && waiting <= prefetch)) return false;
    await flush();
    this.caughtUp = true;
    return true;
  }

  /**
   * The times that it stores, and goes by, are from before it asked the database: while it waits for the answer, the process
   * may stand still.
   */
  private async hear(): Promise<void> {
    const { clock } = this.parts;
    const at = clock.monotonic();
    const steps = clock.stepped;
    this.notice();
    this.stoodStill = false;
    if (steps !== this.stepsSeen) await this.parts.flush();
    const hearing = await this.storeHearing(steps !== this.stepsSeen);
    this.stepsSeen = steps;
    this.known = hearing;
    if (hearing.settled_for !== hearing.again_at && !(await this.settle(hearing))) return;
    this.storedAt = at;
    this.settled = this.caughtUp;
  }

  /** Postpones the deadlines. @returns false where hearing was lost and came back meanwhile */
  private async settle(hearing: Hearing): Promise<boolean> {
    const { clock, store, blindGraceMs, repeatMs } = this.parts;
    let at = clock.now();
    await postponeDeadlines(
      store,
      { ...hearing, blindGraceMs, repeatMs },
      () => clock.now(),
      async () => {
        this.notice();
        if (this.stoodStill) throw new Error('the process stood still');
        await this.stillHearing(at);
        at = clock.now();
      },
    );
    const { again_at } = hearing;
    const settled = { $set: { settled_for: again_at }, $max: { heard_at: at } };
    return (await store.hearing.updateOne({ _id: 'hearing', again_at }, settled)).matchedCount > 0;
  }

  private async stillHearing(at: number): Promise<void> {
    await this.parts.store.hearing.updateOne({ _id: 'hearing' }, { $max: { heard_at: at } });
  }

  /** Stores that there is hearing now. Where there was none before, or time cannot be trusted, it begins anew. */
  private async storeHearing(stepped: boolean): Promise<Hearing> {
    const { store, clock } = this.parts;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const now = clock.now();
      const found = await store.hearing.findOne({ _id: 'hearing' });
      const ahead = found !== null && found.heard_at - now > BLIND_AFTER_MS;
      if (found !== null && !stepped && !ahead && now - found.heard_at <= BLIND_AFTER_MS) {
        await this.stillHearing(now);
        return found;
      }
      const unsettled = found?.clock_set === true && found.settled_for !== found.again_at;
      const clock_set = stepped || ahead || unsettled;
      const anew: Hearing = { _id: 'hearing', heard_at: now, again_at: now, settled_for: 0, clock_set };
      if (found === null ? await this.insert(anew) : await this.replace(found, anew)) return anew;
    }
    throw new Error('other engines store when they heard at the same time');
  }

  private async replace(
    found: Hearing,
    { heard_at, again_at, settled_for, clock_set }: Hearing,
  ): Promise<boolean> {
    const $set = { heard_at, again_at, settled_for, clock_set };
    return (await this.parts.store.hearing.updateOne(found, { $set })).matchedCount > 0;
  }

  private async insert(hearing: Hearing): Promise<boolean> {
    try {
      await this.parts.store.hearing.insertOne(hearing);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
