import type { EventDelivery } from '../events/event-transport';
import type { EngineMetrics } from '../metrics/engine-metrics';
import { eventWrites } from './event-writes';
import type { RuleBook, RuleEntry } from './rules/rule-book';
import type { HeartbeatState } from './state/heartbeat-state';
import type { StateStore } from './state/state-store';
import type { WatchedClock } from './watched-clock';

/** Events wait this long at most for others to be stored with, in milliseconds. */
const FLUSH_EVERY_MS = 250;
/** An event that comes after a pause waits only this long. */
const SOON_MS = 5;
/** How often a flush is tried anew while other processes change the same documents. */
const TRIES = 6;
/** One event in so many is timed, a power of two: reading the clock takes as long as finding what an event belongs to. */
const TIMED_ONE_IN = 64;

type Read = Omit<HeartbeatState, 'outbox'>;

/** Events that are stored together: the latest time for each heartbeat, and what to acknowledge then. */
interface Batch {
  readonly latest: Map<RuleEntry, number>;
  readonly deliveries: EventDelivery[];
}

/** What a {@link Recorder} works with. */
export interface RecorderParts {
  readonly book: RuleBook;
  readonly store: StateStore;
  readonly clock: WatchedClock;
  readonly prefetch: number;
  readonly metrics: EngineMetrics;
  /** Brings these heartbeats' rules up to date. */
  readonly learn: (ids: string[]) => Promise<void>;
  /** Called when there are new alarms to send. */
  readonly onAlarms: () => void;
  /** Called when events could not be stored, and were given back. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Takes events, finds the heartbeats they belong to, and stores what they change: many events in one bulk write, at most
 * one write for each heartbeat (contract: engine, "Nothing lost, nothing twice"). An event is acknowledged after that, and given
 * back where it fails. One that belongs to no heartbeat is acknowledged at once.
 */
export class Recorder {
  private batch = emptyBatch();
  private storing: Batch | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private lastFlush = Number.NEGATIVE_INFINITY;
  private count = 0;

  constructor(private readonly parts: RecorderParts) {}

  /** How many events have been received. */
  get received(): number {
    return this.count;
  }

  /** Takes one event. The time that counts is now, not the event's own. */
  readonly take = (delivery: EventDelivery): void => {
    this.count += 1;
    const entries = this.match(delivery);
    this.parts.metrics.eventReceived(entries.length);
    if (entries.length === 0) {
      delivery.ack();
      return;
    }
    const now = this.parts.clock.now();
    for (const entry of entries) this.batch.latest.set(entry, now);
    this.batch.deliveries.push(delivery);
    // The other half of what the transport hands over arrives while this half is stored.
    if (this.batch.deliveries.length >= this.parts.prefetch / 2) void this.flush();
    else this.schedule();
  };

  private match({ event }: EventDelivery): RuleEntry[] {
    const { book, metrics } = this.parts;
    if (this.count % TIMED_ONE_IN !== 1) return book.match(event);
    const began = performance.now();
    const entries = book.match(event);
    metrics.matched((performance.now() - began) / 1_000);
    return entries;
  }

  /** Whether there is an event for this heartbeat that is not stored yet. */
  holds(id: string): boolean {
    const entry = this.parts.book.get(id);
    if (entry === undefined) return false;
    return this.batch.latest.has(entry) || this.storing?.latest.has(entry) === true;
  }

  /** Stores all events that were taken before, or gives them back. Never rejects. */
  flush(): Promise<void> {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
    if (this.batch.deliveries.length > 0) {
      this.flushing = this.flushing.then(() => this.storeBatch());
    }
    return this.flushing;
  }

  private schedule(): void {
    if (this.timer !== undefined) return;
    const pause = performance.now() - this.lastFlush;
    this.timer = setTimeout(() => void this.flush(), Math.max(SOON_MS, FLUSH_EVERY_MS - pause));
  }

  private async storeBatch(): Promise<void> {
    const batch = this.batch;
    if (batch.deliveries.length === 0) return;
    this.batch = emptyBatch();
    this.storing = batch;
    this.lastFlush = performance.now();
    try {
      await this.store(batch.latest);
      for (const delivery of batch.deliveries) delivery.ack();
    } catch (error) {
      for (const delivery of batch.deliveries) delivery.requeue();
      this.parts.onFailure(error);
    } finally {
      const seconds = (performance.now() - this.lastFlush) / 1_000;
      this.parts.metrics.flushed(batch.deliveries.length, seconds);
      this.storing = undefined;
    }
  }

  private async store(latest: ReadonlyMap<RuleEntry, number>): Promise<void> {
    let open = new Map([...latest].filter(([entry]) => this.isCurrent(entry)));
    // What is down is read first, since its alarm's texts are not in memory.
    let read = await this.read([...open.keys()].filter(({ state }) => state === 'down'));
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = await this.parts.store.write(eventWrites(open, read));
      if ([...read.values()].some(({ state }) => state === 'down')) this.parts.onAlarms();
      if (found === open.size) {
        for (const entry of open.keys()) entry.state = 'up';
        return;
      }
      read = await this.read([...open.keys()]);
      open = await this.unstored(open, read);
    }
    throw new Error('other processes change the same heartbeats at the same time');
  }

  /** Those of the events that still change something; what is known of their heartbeats is brought up to date. */
  private async unstored(
    latest: ReadonlyMap<RuleEntry, number>,
    read: Map<string, Read>,
  ): Promise<Map<RuleEntry, number>> {
    const changed = [...latest.keys()].filter((entry) => {
      const state = read.get(entry.id);
      return state === undefined || state.removed || state.revision !== entry.revision;
    });
    if (changed.length > 0) await this.parts.learn(changed.map(({ id }) => id));
    const open = new Map<RuleEntry, number>();
    for (const [entry, at] of latest) {
      if (!this.isCurrent(entry)) continue;
      const state = read.get(entry.id);
      if (state?.revision !== entry.revision) read.delete(entry.id);
      else if (state.last_event !== null && state.last_event >= at) continue;
      else entry.state = state.state;
      open.set(entry, at);
    }
    return open;
  }

  /** The book has another object, or none, when the pattern that an event matched is not the heartbeat's any more. */
  private isCurrent(entry: RuleEntry): boolean {
    return this.parts.book.get(entry.id) === entry;
  }

  private async read(entries: readonly RuleEntry[]): Promise<Map<string, Read>> {
    if (entries.length === 0) return new Map();
    const these = { _id: { $in: entries.map(({ id }) => id) } };
    const found = await this.parts.store.states.find(these, { projection: { outbox: 0 } }).toArray();
    return new Map(found.map((state) => [state._id, state]));
  }
}

const emptyBatch = (): Batch => ({ latest: new Map(), deliveries: [] });
