import type { EventDelivery } from '../../events/event-transport';
import type { EngineMetrics } from '../engine-metrics';
import type { AlarmLog } from '../alarms/alarm-log';
import { eventWrites } from './event-writes';
import type { RuleIndex, RuleEntry } from '../rules/rule-index';
import { type HeartbeatState, openSince, WITHOUT_LISTS } from '../../states/heartbeat-state';
import type { OutboxName } from '../../states/outbox-fields';
import type { EventObserver } from '../../states/history/event-observer';
import { isSound } from '../../states/sound-state';
import type { StateDocuments } from '../../states/state-store';
import type { SharedClock } from '../../states/shared-clock';

/** Events that nobody waits for are gathered for this long at most, in milliseconds. */
const GATHER_MS = 250;
/** An event that comes after a pause waits only this long. */
const SOON_MS = 5;
/** The texts of so many characters may be read at once. */
const MOST_CHARACTERS = 8_000_000;
/** How often a flush is tried anew while other processes change the same documents. */
const TRIES = 6;
/** One event in so many is timed, a power of two: reading the clock takes as long as finding what an event belongs to. */
const TIMED_ONE_IN = 64;

/** The times of two machines are never exactly the same, in milliseconds. */
const CLOCKS_MS = 1_000;

type Read = Omit<HeartbeatState, 'outbox' | 'webhook_outbox'>;

/** Events that are stored together: the latest time for each heartbeat, and what to acknowledge then, without the events. */
interface Batch {
  readonly latest: Map<RuleEntry, number>;
  readonly deliveries: Pick<EventDelivery, 'ack' | 'requeue'>[];
}

/** What a {@link EventRecorder} works with. */
export interface EventRecorderParts {
  readonly ruleIndex: RuleIndex;
  readonly store: StateDocuments;
  readonly alarmLog: AlarmLog;
  readonly clock: SharedClock;
  readonly prefetch: number;
  /** Whom alarms are for. Default: one receiver. */
  readonly outboxes?: readonly OutboxName[];
  readonly metrics: EngineMetrics;
  /** Told of each event; it does nothing to what is stored. */
  readonly observer: EventObserver;
  /** Brings these heartbeats' rules up to date. */
  readonly reconcile: (ids: string[]) => Promise<void>;
  /** Called when there are new alarms to send. */
  readonly onAlarms: () => void;
  /** Called when events could not be stored, and were given back. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Takes events, finds the heartbeats they belong to, and stores what they change: many events in one bulk write, at most
 * one write for each heartbeat (contract: engine, "Nothing lost, nothing twice"). It is a group commit: a flush begins as soon as
 * the one before has ended and somebody waits, and takes along all that has come meanwhile. An event is acknowledged after that, and
 * given back where it fails. One that belongs to no heartbeat is acknowledged at once.
 */
export class EventRecorder {
  private batch = emptyBatch();
  private storing: Batch | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  /** Whether a flush will begin as soon as the one before has ended. */
  private flushQueued = false;
  private lastFlush = Number.NEGATIVE_INFINITY;
  private count = 0;

  constructor(private readonly parts: EventRecorderParts) {}

  /** How many events have been received. */
  get received(): number {
    return this.count;
  }

  /** Takes one event. The time that counts is now, not the event's own. */
  readonly accept = (delivery: EventDelivery): void => {
    this.count += 1;
    const entries = this.match(delivery);
    this.parts.metrics.eventReceived(entries.length);
    const now = this.parts.clock.now();
    this.parts.observer.seen(delivery.event, entries, now);
    if (entries.length === 0) {
      delivery.ack();
      return;
    }
    for (const entry of entries) this.batch.latest.set(entry, now);
    const { ack, requeue } = delivery;
    this.batch.deliveries.push({ ack, requeue });
    // The other half of what the transport hands over arrives while this half is stored.
    if (delivery.awaited || this.batch.deliveries.length >= this.parts.prefetch / 2) void this.flush();
    else this.schedule();
  };

  private match({ event }: EventDelivery): RuleEntry[] {
    const { ruleIndex, metrics } = this.parts;
    if (this.count % TIMED_ONE_IN !== 1) return ruleIndex.match(event);
    const began = performance.now();
    const entries = ruleIndex.match(event);
    metrics.matched((performance.now() - began) / 1_000);
    return entries;
  }

  /** Whether there is an event for this heartbeat that is not stored yet. */
  hasPending(id: string): boolean {
    const entry = this.parts.ruleIndex.get(id);
    if (entry === undefined) return false;
    return this.batch.latest.has(entry) || this.storing?.latest.has(entry) === true;
  }

  /** Stores all events that were taken before, or gives them back. Never rejects. */
  flush(): Promise<void> {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
    if (this.batch.deliveries.length > 0 && !this.flushQueued) {
      this.flushQueued = true;
      this.flushing = this.flushing.then(() => this.storeBatch());
    }
    return this.flushing;
  }

  private schedule(): void {
    if (this.timer !== undefined) return;
    const pause = performance.now() - this.lastFlush;
    this.timer = setTimeout(() => void this.flush(), Math.max(SOON_MS, GATHER_MS - pause));
  }

  private async storeBatch(): Promise<void> {
    const batch = this.batch;
    this.flushQueued = false;
    this.batch = emptyBatch();
    this.storing = batch;
    this.lastFlush = performance.now();
    try {
      for (const part of partsOf(batch.latest)) await this.store(part);
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
    const { store, alarmLog } = this.parts;
    let open = new Map([...latest].filter(([entry]) => this.isCurrent(entry)));
    // What is down is read first, since its alarm's texts are not in memory.
    let read = await this.read([...open.keys()].filter(({ state }) => state === 'down'));
    open = new Map([...open].filter(([{ id }, at]) => !isOlder(at, read.get(id))));
    for (let tries = 0; tries < TRIES; tries += 1) {
      const writes = eventWrites(open, read, this.parts.outboxes);
      const wanted = open.size;
      const found = await alarmLog.writing(
        writes,
        () => store.write(writes),
        (count) => count === wanted,
      );
      if ([...read.values()].some((state) => openSince(state) !== undefined)) this.parts.onAlarms();
      if (found === wanted) {
        for (const entry of open.keys()) if (entry.state !== 'paused') entry.state = 'up';
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
    if (changed.length > 0) await this.parts.reconcile(changed.map(({ id }) => id));
    const open = new Map<RuleEntry, number>();
    for (const [entry, at] of latest) {
      if (!this.isCurrent(entry)) continue;
      const state = read.get(entry.id);
      if (state?.revision !== entry.revision) read.delete(entry.id);
      else if ((state.last_event !== null && state.last_event >= at) || isOlder(at, state)) continue;
      else entry.state = state.state;
      open.set(entry, at);
    }
    return open;
  }

  /** The index has another object, or none, when the pattern that an event matched is not the heartbeat's any more. */
  private isCurrent(entry: RuleEntry): boolean {
    return this.parts.ruleIndex.get(entry.id) === entry;
  }

  /** What is not sound counts as not there: its heartbeat is brought up to date first. */
  private async read(entries: readonly RuleEntry[]): Promise<Map<string, Read>> {
    if (entries.length === 0) return new Map();
    const these = { _id: { $in: entries.map(({ id }) => id) } };
    const found = await this.parts.store.readAll<Read>(these, { projection: WITHOUT_LISTS });
    return new Map(found.filter(isSound).map((state) => [state._id, state]));
  }
}

/**
 * Whether an event is from before the alarm that is open, so that it does not resolve it: it lay in the hands of a process that
 * stood still, and was delivered to another one meanwhile.
 */
const isOlder = (at: number, known: Read | undefined): boolean =>
  known !== undefined && at < (openSince(known) ?? -Infinity) - CLOCKS_MS;

/** What is to be stored together: as many heartbeats as may be read at once, if need be. */
function* partsOf(latest: ReadonlyMap<RuleEntry, number>): Generator<ReadonlyMap<RuleEntry, number>> {
  let part = new Map<RuleEntry, number>();
  let characters = 0;
  for (const [entry, at] of latest) {
    characters += entry.characters;
    if (part.size > 0 && characters > MOST_CHARACTERS) {
      yield part;
      part = new Map();
      ({ characters } = entry);
    }
    part.set(entry, at);
  }
  if (part.size > 0) yield part;
}

const emptyBatch = (): Batch => ({ latest: new Map(), deliveries: [] });
