import { randomUUID } from 'node:crypto';
import type { mongo } from 'mongoose';
import type { EngineMetrics } from '../metrics/engine-metrics';
import { raised } from './alarm';
import { LEASE_MS, Leased, Leases } from './leases';
import type { RuleBook } from './rules/rule-book';
import type { HeartbeatState } from './state/heartbeat-state';
import type { StateStore } from './state/state-store';
import type { WatchedClock } from './watched-clock';

/** How many heartbeats are looked at together. */
const BATCH = 1_000;
/**
 * A heartbeat is called silent this long after its deadline, in milliseconds: by then every process has stored the
 * events that it received before the deadline.
 */
const MARGIN_MS = 400;
/** Where so many bytes of alarms of one heartbeat wait to be sent, new ones wait as well: a document has an end. */
const OUTBOX_BYTES = 1024 * 1024;
const HOLD_MS = 1_000;

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;
type Overdue = Omit<HeartbeatState, 'outbox'>;
type Searched = Partial<Record<'state' | 'deadline' | 'repeat_at', unknown>>;

/** What a {@link Watcher} works with. */
export interface WatcherParts {
  readonly book: RuleBook;
  readonly store: StateStore;
  readonly leases: Leases;
  readonly clock: WatchedClock;
  readonly metrics: EngineMetrics;
  readonly repeatMs?: number;
  /** Whether there is an event for this heartbeat that is not stored yet. */
  readonly holdsEvent: (id: string) => boolean;
  /** How many alarms can be sent at once just now. */
  readonly room: () => number;
  /** Takes alarms to send at once. */
  readonly send: (leased: Leased[]) => void;
  /** Called when there are other new alarms to send. */
  readonly onAlarms: () => void;
}

/**
 * Finds silence: heartbeats whose deadline has passed. Each is claimed by a compare-and-set on its state document, in the
 * write that puts its alarm into the outbox, so that of any number of processes exactly one raises it.
 */
export class Watcher {
  constructor(private readonly parts: WatcherParts) {}

  /**
   * Raises what is silent now, a batch at a time.
   * @param mayGoOn asked before each batch: whether silence is evidence
   */
  async raiseSilent(mayGoOn: () => Promise<boolean>): Promise<void> {
    for (const state of ['up', 'waiting'] as const) {
      for (;;) {
        // Before asking: the process may stand still at any point after, and then wakes up later than it thinks.
        const until = this.parts.clock.now() - MARGIN_MS;
        if (!(await mayGoOn())) return;
        const found = await this.find({ state, deadline: { $lte: until } }, { deadline: 1 });
        const silent = found.filter(({ _id }) => !this.parts.holdsEvent(_id));
        const claimed = await this.claim(silent);
        if (found.length < BATCH || claimed === 0) break;
      }
    }
  }

  /** Sends open alarms again that are due. What still waits to be sent is not sent twice. */
  async repeatOpen(): Promise<void> {
    const { clock, repeatMs, store, onAlarms } = this.parts;
    if (repeatMs === undefined) return;
    for (;;) {
      const now = clock.now();
      const found = await this.find({ repeat_at: { $lte: now } }, { repeat_at: 1 });
      const writes = found.map((due): Write => {
        const { _id, revision, repeat_at, unsent, since } = due;
        const filter = { _id, revision, state: 'down', repeat_at, unsent } as const;
        const again = { $set: { repeat_at: now + repeatMs } };
        if (unsent > 0) return { updateOne: { filter, update: again } };
        const alarm = { $push: { outbox: raised(due, since) }, $inc: { unsent: 1 } };
        return { updateOne: { filter, update: { ...again, ...alarm } } };
      });
      await store.write(writes);
      if (writes.length > 0) onAlarms();
      if (found.length < BATCH) return;
    }
  }

  private find(which: Searched, sort: mongo.Sort): Promise<Overdue[]> {
    const filter = { ...which, removed: { $exists: false } } as mongo.Filter<HeartbeatState>;
    const options = { sort, limit: BATCH, projection: { outbox: 0 } } as const;
    return this.parts.store.read<Overdue>(filter, options);
  }

  /** @returns how many this process has claimed */
  private async claim(silent: Overdue[]): Promise<number> {
    if (silent.length === 0) return 0;
    const { clock, leases, book, onAlarms } = this.parts;
    const now = clock.now();
    const lease = randomUUID();
    const until = clock.monotonic() + LEASE_MS;
    let room = this.parts.room();
    const mine: Leased[] = [];
    const deadlines = new Map<string, number>();
    const writes = silent.map((state): Write => {
      const entry = raised(state, now);
      if (state.unsent * entry.body.length > OUTBOX_BYTES) return held(state, now);
      if (state.deadline !== null) deadlines.set(state._id, state.deadline);
      const leased = state.unsent === 0 && room > 0;
      if (leased) {
        room -= 1;
        mine.push({ id: state._id, lease, entry, attempts: 0, until });
      }
      return this.claimOf(state, now, entry, leased ? lease : undefined);
    });
    const { changed, won } = await leases.win(writes, mine);
    for (const { _id } of silent) {
      const known = book.get(_id);
      if (known) known.state = 'down';
    }
    const allWon = changed === writes.length;
    this.measure(deadlines, allWon ? deadlines.keys() : won.map(({ id }) => id));
    this.parts.send(won);
    if (mine.length < writes.length) onAlarms();
    return changed;
  }

  /** Where not all claims were won, only of those leased here it is known which were. */
  private measure(deadlines: ReadonlyMap<string, number>, claimed: Iterable<string>): void {
    const { clock, metrics } = this.parts;
    const now = clock.now();
    for (const id of claimed) metrics.detected((now - (deadlines.get(id) ?? now)) / 1_000);
  }

  private claimOf(state: Overdue, now: number, entry: Leased['entry'], lease: string | undefined): Write {
    const { unsent } = state;
    const { repeatMs } = this.parts;
    const filter = { ...stillSilent(state), ...(lease && { unsent }) };
    const $set = {
      state: 'down',
      since: now,
      ...(repeatMs !== undefined && { repeat_at: now + repeatMs }),
      ...(lease && { lease, leased_until: now + LEASE_MS }),
    } as const;
    return { updateOne: { filter, update: { $set, $push: { outbox: entry }, $inc: { unsent: 1 } } } };
  }
}

/** Looked at again in a second, so that those behind it are not kept waiting. */
function held(state: Overdue, now: number): Write {
  return { updateOne: { filter: stillSilent(state), update: { $set: { deadline: now + HOLD_MS } } } };
}

/**
 * An event would have moved the deadline. With the equal state the filter would have both fields of the index by which
 * silence is found, and a database might take that one; ten thousand may have the same deadline.
 */
const stillSilent = ({ _id, revision, deadline }: Overdue): mongo.Filter<HeartbeatState> => ({
  ...{ _id, revision, deadline },
  state: { $ne: 'down' },
});
