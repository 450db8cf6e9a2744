import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import type { EventSource } from '../../events/event-transport';
import type { EngineRecords, Listening } from '../../states/engine-documents';
import type { EngineRegistry } from '../../states/engine-registry';
import type { SharedClock } from '../../states/shared-clock';
import type { StateStore } from '../../states/state-store';
import type { EngineMetrics } from '../engine-metrics';
import { correctTimes } from './clock-correction';
import { type Evidence, weigh } from './evidence';
import { DEAF, type HearingEvent, type HearingState, transition } from './hearing-state';
import { ListeningKeeper } from './listening-keeper';
import { dueAt, type Silence } from './listening';
import { PathChecker } from './path-checker';

/** How often the engines tell each other, and look at the queue, while nothing is due; in milliseconds. */
const EXCHANGE_EVERY_MS = 1_000;
/** Looks further apart than this mean that the process stood still: what was sent meanwhile is read first. */
const STANDSTILL_MS = 1_000;
/** How long what was found out about hearing holds, in milliseconds. */
const FRESH_MS = 2 * EXCHANGE_EVERY_MS;
/**
 * How long after the database failed events may still be on their way back, in milliseconds of the machine, whatever the
 * engine's clock says: the clock of a test stands still.
 */
const AFTER_FAILURE_MS = 2_000;
/** How often it tells the metrics, in milliseconds. */
const NOTICE_EVERY_MS = 500;
/** What does not end the validity of what was found out before. */
const KEEPING = new Set<HearingEvent['type']>(['blocked', 'inspected', 'arrived', 'stored']);
const NEVER = Number.NEGATIVE_INFINITY;

/** What a {@link BlindnessGuard} works with. */
export interface BlindnessGuardParts {
  readonly transport: EventSource;
  readonly store: StateStore;
  readonly registry: EngineRegistry;
  readonly clock: SharedClock;
  readonly metrics: EngineMetrics;
  readonly logger: Logger;
  readonly blindGraceMs: number;
  readonly repeatMs?: number;
  readonly blindAfterMs: number;
  /** false: the way of events is believed to be whole without a check. */
  readonly pathCheck: boolean;
  /** How many events have been received so far, for transports that do not say. */
  readonly received: () => number;
  /** Stores the events that were received. */
  readonly flush: () => Promise<void>;
  /** Called when there is something to look at. */
  readonly wake: () => void;
}

/**
 * Knows whether silence is evidence (contract: engine, "Silence must be proven", "Blind time"). What it sees itself goes through
 * the state machine of `hearing-state.ts`; that and what the other engines tell is weighed in `evidence.ts`; what was heard and
 * what was not is kept by `listening.ts`. Here is what asks the broker and the database.
 */
export class BlindnessGuard {
  private readonly id = `engine:${randomUUID()}`;
  private readonly keeper: ListeningKeeper;
  private readonly checker: PathChecker | undefined;
  private state: HearingState = DEAF;
  private records: EngineRecords | undefined;
  private evidence: Evidence | undefined;
  private weighedAt = NEVER;
  private exchangedAt = NEVER;
  private askedAt = NEVER;
  private lookedAt = NEVER;
  private quietUntil = NEVER;
  private stepsSeen: number;
  private noticedAt: number;
  private readonly endings: (() => void)[] = [];

  constructor(private readonly parts: BlindnessGuardParts) {
    const { transport, clock, pathCheck } = parts;
    const { path } = transport;
    this.keeper = new ListeningKeeper(parts);
    this.checker = path && new PathChecker({ ...parts, path, enabled: pathCheck });
    this.stepsSeen = clock.steps;
    this.noticedAt = clock.monotonic();
    this.endings.push(transport.onHearingChange((hears) => this.connection(hears)));
    if (path) this.endings.push(path.onChange(() => this.pathChanged()));
    const timer = setInterval(() => this.notice(), NOTICE_EVERY_MS).unref();
    this.endings.push(() => clearInterval(timer));
  }

  /** Whether time counts as heard just now. */
  get open(): boolean {
    const { transport, clock } = this.parts;
    if (!transport.hearing || this.state.blocked || clock.uncertain) return false;
    const { listening } = this;
    if (listening === undefined || listening.broken_since !== undefined) return false;
    return (
      this.evidence?.hears === true &&
      clock.steps === this.stepsSeen &&
      clock.monotonic() - this.weighedAt <= FRESH_MS
    );
  }

  /** A deadline up to this time, of which no event is stored, has passed in silence. */
  get provenUntil(): number {
    return this.open ? (this.evidence?.until ?? NEVER) : NEVER;
  }

  /** Whether the way of events is broken, or somebody else takes a part of them. */
  get isPathBroken(): boolean {
    return this.listening?.broken_since !== undefined;
  }

  /** When hearing last came back, in milliseconds since the epoch; 0 as long as that is not known. */
  get resumedAt(): number {
    return this.listening?.again_at ?? 0;
  }

  /** When a silence counts. @returns infinity as long as nothing is known of what was heard */
  dueAt(silence: Silence): number {
    const { listening } = this;
    return listening ? dueAt(listening, silence, this.parts.blindGraceMs) : Number.POSITIVE_INFINITY;
  }

  /** Makes the engine known to the others; to be called before it consumes. */
  async register(): Promise<void> {
    await this.tell();
  }

  /** The engine holds nothing any more. */
  async sayGoodbye(): Promise<void> {
    await this.parts.registry.sayGoodbye(this.id);
  }

  /**
   * To be called at each tick. Rejects when the database or the broker fails; it then does not hear.
   * @param wanted the deadline up to which evidence is wanted, where there is one
   */
  async refresh(wanted: number | undefined): Promise<void> {
    const { clock, transport } = this.parts;
    const at = clock.monotonic();
    const wasSuspended = at - this.lookedAt > STANDSTILL_MS;
    this.lookedAt = at;
    try {
      // What was sent meanwhile is read before this goes on.
      if (wasSuspended) await setImmediate();
      await this.followClock();
      if (transport.hearing !== (this.state.phase !== 'deaf')) this.connection(transport.hearing);
      const due = at - this.exchangedAt >= EXCHANGE_EVERY_MS;
      const eager = wanted !== undefined || !this.open;
      if (!due && !eager) return;
      if (transport.hearing && performance.now() >= this.quietUntil) await this.look(due, wanted);
      if (due || this.isOneOfSeveral) await this.tell();
      if (due) this.exchangedAt = at;
    } catch (error) {
      this.failed();
      throw error;
    }
  }

  /** The database or the broker failed: what is held then, here or in another process, must be stored first. */
  failed(): void {
    this.on({ type: 'disturbed' });
    this.quietUntil = performance.now() + AFTER_FAILURE_MS;
  }

  stop(): void {
    for (const end of this.endings) end();
  }

  private get listening(): Listening | undefined {
    return this.records?.listening;
  }

  private get isOneOfSeveral(): boolean {
    return (this.records?.engines.length ?? 0) > 1;
  }

  private on(event: HearingEvent): void {
    this.state = transition(this.state, event);
    if (!KEEPING.has(event.type)) this.evidence = undefined;
  }

  private connection(hears: boolean): void {
    this.on(hears ? { type: 'connected', at: this.parts.clock.now() } : { type: 'lost' });
  }

  private pathChanged(): void {
    const { blocked = false } = this.parts.transport.path ?? {};
    if (blocked !== this.state.blocked) this.on({ type: 'blocked', blocked });
    this.parts.wake();
  }

  private async look(due: boolean, wanted: number | undefined): Promise<void> {
    const { registry, clock, transport } = this.parts;
    const target = Math.max(wanted ?? NEVER, this.checker?.answerableAt(this.records) ?? NEVER);
    if (due || this.state.phase === 'catching-up' || this.askedAt < target) await this.inspect();
    this.on({ type: 'arrived', arrivals: this.counts() });
    await this.storeReceived();
    const weighedAt = clock.monotonic();
    const records = await registry.read();
    const now = clock.now();
    await registry.forgetOld(records.engines, now);
    const { state, id: self } = this;
    const checkReturned =
      records.check !== undefined && transport.path?.hasReturned(records.check.id) === true;
    const broker = transport.path !== undefined;
    const { pathCheck } = this.parts;
    const evidence = weigh({ self, state, records, now, broker, pathCheck, checkReturned });
    const listening = await this.keeper.keep(evidence, records.listening, state.cleared.at(-1)?.askedAt);
    this.records = { ...records, listening };
    this.evidence = evidence;
    this.weighedAt = weighedAt;
    await this.checker?.checkWhereNeeded({ ...{ evidence, state, records: this.records }, wanted, now });
  }

  private async inspect(): Promise<void> {
    const { transport, clock } = this.parts;
    const askedAt = clock.now();
    const { path } = transport;
    const seen = path ? await path.inspect() : { waiting: await transport.backlog(), consumers: 0 };
    this.askedAt = askedAt;
    this.on({ type: 'inspected', askedAt, ...seen, arrivals: this.counts() });
  }

  private counts(): { received: number; fresh: number } {
    const { transport, received } = this.parts;
    return transport.path?.counts ?? { received: received(), fresh: 0 };
  }

  private async storeReceived(): Promise<void> {
    const { received } = this.state;
    if (received === undefined || this.state.cleared.at(-1)?.askedAt === received.askedAt) return;
    await this.parts.flush();
    // Where the flush failed, that has been told meanwhile, and there is nothing to be stored any more.
    this.on({ type: 'stored', askedAt: received.askedAt });
  }

  private async tell(): Promise<void> {
    const { registry, clock, pathCheck } = this.parts;
    const { state, evidence } = this;
    const deaf = state.phase === 'deaf';
    await registry.tell({
      _id: this.id,
      host: hostname(),
      pid: process.pid,
      seen: clock.now(),
      consuming_since: deaf ? null : state.since,
      received_until: state.cleared.at(-1)?.askedAt ?? 0,
      proven_until: pathCheck ? Math.max(0, evidence?.provenUntil ?? 0) : 0,
    });
  }

  /** After a step of the clock, times that lie in the future are brought back first. */
  private async followClock(): Promise<void> {
    const { clock, store, flush, repeatMs } = this.parts;
    await clock.sync();
    const { steps } = clock;
    if (steps === this.stepsSeen) return;
    this.on({ type: 'clock-set', at: clock.now() });
    await flush();
    await correctTimes(store, () => clock.now(), repeatMs);
    this.stepsSeen = steps;
    this.exchangedAt = NEVER;
  }

  private notice(): void {
    const { clock, metrics } = this.parts;
    const at = clock.monotonic();
    metrics.hearing(!this.open, (at - this.noticedAt) / 1_000);
    metrics.path(!this.isPathBroken, clock.difference / 1_000);
    this.noticedAt = at;
  }
}
