import { randomUUID } from 'node:crypto';
import type { mongo } from 'mongoose';
import type { EngineMetrics } from '../engine-metrics';
import { raised } from '../alarms/alarm';
import type { AlarmLog } from '../alarms/alarm-log';
import { LEASE_MS, Leased, Leases } from '../outbox/leases';
import type { RuleIndex } from '../rules/rule-index';
import { type HeartbeatState, openSince, silentFrom, WITHOUT_LISTS } from '../../states/heartbeat-state';
import { MAIN_ALONE, type OutboxName, queued, unsentIn } from '../../states/outbox-fields';
import type { StateDocuments } from '../../states/state-store';
import type { SharedClock } from '../../states/shared-clock';
import type { Silence } from '../blindness/listening';

/** How many heartbeats are looked at together. */
const BATCH = 1_000;
/**
 * A heartbeat is called silent this long after its deadline, in milliseconds. Checks may be a second apart: what is known
 * to be silent is told no sooner than this, so that its alarm, which comes the whole way as well, proves what fell due
 * meanwhile. It also spares those an alarm that are late by less.
 */
const DETECTION_MARGIN_MS = 500;
/** Where so many bytes of alarms of one heartbeat wait to be sent, new ones wait as well: a document has an end. */
const OUTBOX_BYTES = 1024 * 1024;
const HOLD_MS = 1_000;

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;
/** A state document, but for its lists. */
export type Overdue = Omit<HeartbeatState, 'outbox' | 'webhook_outbox'>;
type Searched = Partial<Record<'state' | 'deadline' | 'repeat_at', unknown>>;

/** What a {@link DeadlineScanner} works with. */
export interface DeadlineScannerParts {
  readonly ruleIndex: RuleIndex;
  readonly store: StateDocuments;
  readonly leases: Leases;
  readonly alarmLog: AlarmLog;
  readonly clock: SharedClock;
  readonly metrics: EngineMetrics;
  /** Whom alarms are for. Default: one receiver. */
  readonly outboxes?: readonly OutboxName[];
  readonly repeatMs?: number;
  /** Up to which deadline silence is proven. */
  readonly provenUntil: () => number;
  /** When a silence counts, where there was blindness. */
  readonly dueAt: (silence: Silence) => number;
  /** Whether there is an event for this heartbeat that is not stored yet. */
  readonly holdsEvent: (id: string) => boolean;
  /**
   * Sees to those that are in maintenance, or were since they were last heard of. Default: there is none.
   * @returns their ids
   */
  readonly excuse?: (silent: readonly Overdue[], now: number) => Promise<ReadonlySet<string>>;
  /** How many alarms can be sent at once just now. */
  readonly capacity: () => number;
  /** Takes alarms to send at once. */
  readonly send: (leased: Leased[]) => void;
  /** Called when there are other new alarms to send. */
  readonly onAlarms: () => void;
}

/** What is overdue, and was left as it is. */
export interface Overlooked {
  /** Whether there is anything. */
  readonly any: boolean;
  /** The latest of their deadlines, where it is not known yet whether it passed in silence. */
  readonly wanted: number | undefined;
}

/**
 * Finds silence: heartbeats whose deadline has passed. Each is claimed by a compare-and-set on its state document, in the
 * write that puts its alarm into the outbox, so that of any number of processes exactly one raises it.
 */
export class DeadlineScanner {
  constructor(private readonly parts: DeadlineScannerParts) {}

  /** Raises what is known to be silent now, a batch at a time, and moves the deadlines that blindness has put off. */
  async raiseOverdue(): Promise<Overlooked> {
    const { clock, provenUntil } = this.parts;
    let latest = Number.NEGATIVE_INFINITY;
    for (const state of ['up', 'waiting'] as const) {
      for (;;) {
        const now = clock.now();
        const found = await this.find({ state, deadline: { $lte: now } }, { deadline: 1 });
        const left = await this.deal(found, now);
        latest = Math.max(latest, ...left.map(({ deadline }) => deadline ?? latest));
        // Of long ones there are more than were found.
        if (left.length === found.length) break;
      }
    }
    return { any: latest > Number.NEGATIVE_INFINITY, wanted: latest > provenUntil() ? latest : undefined };
  }

  /** When the next alarm will be raised, or sent again, or a pause ends, if no event comes; milliseconds since the epoch. */
  async nextAlarmAt(): Promise<number | undefined> {
    const [up, waiting, paused, open] = await Promise.all([
      this.find({ state: 'up', deadline: { $gte: 0 } }, { deadline: 1 }, 1),
      this.find({ state: 'waiting', deadline: { $gte: 0 } }, { deadline: 1 }, 1),
      this.find({ state: 'paused', deadline: { $gte: 0 } }, { deadline: 1 }, 1),
      this.parts.repeatMs === undefined ? [] : this.find({ repeat_at: { $gte: 0 } }, { repeat_at: 1 }, 1),
    ]);
    const deadlines = [...up, ...waiting].map(({ deadline }) => (deadline ?? Infinity) + DETECTION_MARGIN_MS);
    const ends = paused.map(({ deadline }) => deadline ?? Infinity);
    const next = Math.min(...deadlines, ...ends, ...open.map(({ repeat_at = Infinity }) => repeat_at));
    return Number.isFinite(next) ? next : undefined;
  }

  /** Sends open alarms again that are due. What still waits to be sent is not sent twice. */
  async repeatOpen(): Promise<void> {
    const { clock, repeatMs, store, onAlarms, outboxes = MAIN_ALONE } = this.parts;
    if (repeatMs === undefined) return;
    for (;;) {
      const now = clock.now();
      const found = await this.find({ repeat_at: { $lte: now } }, { repeat_at: 1 });
      const writes = found.map((due): Write => {
        const { _id, revision, repeat_at, unsent } = due;
        const filter = { _id, revision, state: 'down', repeat_at, unsent } as const;
        const again = { $set: { repeat_at: now + repeatMs } };
        // Alertmanager is told again anyway.
        const free = outboxes.filter((name) => name !== 'alertmanager' && unsentIn(due, name) === 0);
        const alarm = free.length > 0 ? queued(raised(due, openSince(due) ?? now), free) : {};
        return { updateOne: { filter, update: { ...again, ...alarm } } };
      });
      await store.write(writes);
      if (writes.length > 0) onAlarms();
      if (found.length < BATCH) return;
    }
  }

  private find(which: Searched, sort: mongo.Sort, limit = BATCH): Promise<Overdue[]> {
    const filter = { ...which, removed: { $exists: false } } as mongo.Filter<HeartbeatState>;
    const options = { sort, limit, projection: WITHOUT_LISTS } as const;
    return this.parts.store.read<Overdue>(filter, options);
  }

  /** @returns those that nothing could be done about yet */
  private async deal(found: readonly Overdue[], now: number): Promise<Overdue[]> {
    const { store, provenUntil, dueAt, holdsEvent } = this.parts;
    const until = Math.min(provenUntil(), now - DETECTION_MARGIN_MS);
    if (until === Number.NEGATIVE_INFINITY) return [...found];
    const left: Overdue[] = [];
    const silent: Overdue[] = [];
    const postponed: Write[] = [];
    for (const state of found) {
      const due = dueAt(silenceOf(state));
      if (due > now) postponed.push(moved(state, due));
      else if (due <= until && !holdsEvent(state._id)) silent.push(state);
      else left.push(state);
    }
    if (postponed.length > 0) await store.write(postponed);
    const excused = await this.excused(silent, now);
    await this.claim(
      silent.filter(({ _id }) => !excused.has(_id)),
      now,
    );
    // They are found again at the next look, unless they are as they should be by then.
    return [...left, ...silent.filter(({ _id }) => excused.has(_id))];
  }

  private async excused(silent: readonly Overdue[], now: number): Promise<ReadonlySet<string>> {
    const { excuse } = this.parts;
    return excuse === undefined || silent.length === 0 ? new Set() : excuse(silent, now);
  }

  private async claim(silent: Overdue[], now: number): Promise<void> {
    if (silent.length === 0) return;
    const { clock, leases, ruleIndex, alarmLog, onAlarms, outboxes = MAIN_ALONE } = this.parts;
    const lease = randomUUID();
    const until = clock.monotonic() + LEASE_MS;
    let capacity = this.parts.capacity();
    const mine: Leased[] = [];
    const deadlines = new Map<string, number>();
    const writes = silent.map((state): Write => {
      const entry = raised(state, now);
      if (waiting(state) * entry.body.length > OUTBOX_BYTES) return moved(state, now + HOLD_MS);
      if (state.deadline !== null) deadlines.set(state._id, state.deadline);
      const leased = state.unsent === 0 && capacity > 0;
      if (leased) {
        capacity -= 1;
        mine.push({ id: state._id, lease, entry, attempts: 0, until });
      }
      return this.claimOf(state, now, entry, leased ? lease : undefined);
    });
    const { changed, won } = await alarmLog.writing(
      writes,
      () => leases.acquire(writes, mine),
      (made) => made.changed === writes.length,
    );
    for (const { _id } of silent) {
      const known = ruleIndex.get(_id);
      if (known) known.state = 'down';
    }
    const allWon = changed === writes.length;
    this.measure(deadlines, allWon ? deadlines.keys() : won.map(({ id }) => id));
    this.parts.send(won);
    if (mine.length < writes.length || outboxes.length > 1) onAlarms();
  }

  /** Where not all claims were won, only of those leased here it is known which were. */
  private measure(deadlines: ReadonlyMap<string, number>, claimed: Iterable<string>): void {
    const { clock, metrics } = this.parts;
    const now = clock.now();
    for (const id of claimed) metrics.detected((now - (deadlines.get(id) ?? now)) / 1_000);
  }

  private claimOf(state: Overdue, now: number, entry: Leased['entry'], lease: string | undefined): Write {
    const { unsent } = state;
    const { repeatMs, outboxes = MAIN_ALONE } = this.parts;
    const filter = { ...stillSilent(state), ...(lease && { unsent }) };
    const $set = {
      state: 'down',
      since: now,
      ...(repeatMs !== undefined && { repeat_at: now + repeatMs }),
      ...(lease && { lease, leased_until: now + LEASE_MS }),
      // The `AlertRefresher` tells it: the labels take the heartbeat itself.
      ...(outboxes.includes('alertmanager') && { refresh_at: now }),
    } as const;
    return { updateOne: { filter, update: { $set, ...queued(entry, outboxes) } } };
  }
}

/** How many alarms of a heartbeat its document holds. */
const waiting = (state: Overdue): number =>
  unsentIn(state, 'main') + unsentIn(state, 'webhook') + unsentIn(state, 'alertmanager');

/** As the accounting of what was heard sees it. Nothing is known of a deadline that is none. */
const silenceOf = (state: Overdue): Silence => ({
  base: silentFrom(state),
  intervalMs: state.interval_ms,
  deadline: state.deadline ?? Number.POSITIVE_INFINITY,
});

/** It is looked at again then, so that those behind it are not kept waiting. */
const moved = (state: Overdue, deadline: number): Write => ({
  updateOne: { filter: stillSilent(state), update: { $set: { deadline } } },
});

/** An event would have moved the deadline. */
const stillSilent = ({ _id, revision, state, deadline }: Overdue): mongo.Filter<HeartbeatState> => ({
  ...{ _id, revision, state, deadline },
});
