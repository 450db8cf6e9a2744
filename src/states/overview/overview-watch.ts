import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Connection } from 'mongoose';
import { setImmediate } from 'node:timers/promises';
import { type HeartbeatChange, HeartbeatChanges } from '../../heartbeat/heartbeat-changes';
import { HEARTBEAT_CONNECTION } from '../../heartbeat/heartbeat.options';
import { STREAM_TIMEOUT_MS } from '../../database/timeouts';
import { CLOCK, type Clock } from '../../util/clock';
import { BlindnessStatus } from '../blindness-status';
import { IdComparison } from './id-comparison';
import { Overview } from './overview';
import { type IdRange, OverviewCollection, type OverviewState } from './overview-collection';
import { type OverviewEntry, type OverviewFields, unseenEntryState } from './overview-entry';
import { ReadingQueue, inTime } from './reading-queue';

/** How many heartbeats are read at once while the overview is filled, and in the slow round. */
const SLICE = 1_000;
const SOME = 500;
/** How many are named in one query: each may have a megabyte. */
const MOST_IDS = 50;
/**
 * How long a write may take to be there, and how far clocks may be apart, in milliseconds: what changed is asked for from so
 * long before the last time. The longer one is asked for now and then.
 */
const OVERLAP_MS = 2_000;
const LONG_OVERLAP_MS = 30_000;
const LONG_EVERY_MS = 10_000;
/** What other processes wrote into the heartbeats is looked for so often at most, in milliseconds. */
const HEARTBEATS_EVERY_MS = 1_000;
/** Counting them may take this share of the time: it takes longer where there are more. */
const SHARE_COUNTING = 0.05;

/** Told of each change that the overview learns of. */
export interface OverviewListener {
  /** A heartbeat is in another state, or again in the same. */
  stateChanged(entry: OverviewEntry): void;
  /** A heartbeat was created, changed or removed. */
  ruleChanged(id: string): void;
}

/**
 * Keeps the {@link Overview} in agreement with the database. It is filled when somebody needs it, and from then on costs
 * nothing while nobody asks: each reader first has it learn what was stored meanwhile, by an index, and readers that come
 * together share that. What this process stored itself is there at once.
 *
 * Readings happen one after another, so that what was read later is remembered later.
 */
@Injectable()
export class OverviewWatch implements OnModuleInit, OnApplicationShutdown {
  /** What is known. Only what {@link ready} has waited for is complete. */
  readonly overview = new Overview();
  readonly listeners = new Set<OverviewListener>();
  private readonly logger = new Logger(OverviewWatch.name);
  private readonly queue = new ReadingQueue(() => this.refresh());
  /** Ids of what this process wrote, or has reason to look at. */
  private readonly dirty = new Set<string>();
  private loading: Promise<void> | undefined;
  private isLoaded = false;
  /** Up to when everything is known, in milliseconds since the epoch. */
  private knownUntil = 0;
  private longAt = Number.NEGATIVE_INFINITY;
  private heartbeatsAt = Number.NEGATIVE_INFINITY;
  /** Whether somebody waits who has to know what other processes wrote into the heartbeats. */
  private othersWanted = false;
  /** When they may be counted again, on the monotonic clock. */
  private countAfter = Number.NEGATIVE_INFINITY;
  private blind: number | null = null;
  private stopListening = (): void => undefined;
  private roundAt = '';
  private stopped = false;
  private readonly forget = (): void => void (this.isLoaded = false);

  private readonly comparison: IdComparison;

  constructor(
    private readonly collection: OverviewCollection,
    private readonly changes: HeartbeatChanges,
    private readonly blindness: BlindnessStatus,
    @Inject(HEARTBEAT_CONNECTION) private readonly connection: Connection,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.comparison = new IdComparison(collection, this.overview);
  }

  /** The moment up to which everything is known, in unix seconds. */
  get cursor(): number {
    return this.knownUntil / 1_000;
  }

  /** Since when silence is no evidence, in unix seconds; null where it is. */
  get blindSince(): number | null {
    return this.blind === null ? null : this.blind / 1_000;
  }

  get loaded(): boolean {
    return this.isLoaded;
  }

  onModuleInit(): void {
    // What comes back may be another database, or an older one.
    this.connection.on('disconnected', this.forget);
    this.stopListening = this.changes.listen((change) => {
      this.noteChange(change);
      return Promise.resolve();
    });
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.stopListening();
    this.connection.off('disconnected', this.forget);
  }

  /**
   * Resolves when all is known that was stored before the call.
   * @param heartbeatsOfOthers whether what other processes wrote into the heartbeats has to be known as well, and not only as it was
   * a second ago
   * @throws DatabaseError when the database fails, or it takes longer than 10 s
   */
  async ready({ heartbeatsOfOthers = false } = {}): Promise<Overview> {
    await inTime(STREAM_TIMEOUT_MS, this.load());
    this.othersWanted ||= heartbeatsOfOthers;
    await this.queue.refreshed();
    return this.overview;
  }

  /** Fills the overview, where that has not been done. @throws DatabaseError; it can be called again then */
  load(): Promise<void> {
    if (this.isLoaded) return Promise.resolve();
    this.loading ??= this.fill().finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** Fills the overview, unless there are more heartbeats. @throws DatabaseError; it can be called again then */
  async loadUpTo(most: number): Promise<void> {
    if ((await this.collection.count()) <= most) await this.load();
  }

  /** Reads the times of events of all heartbeats anew. */
  async readAllTimes(): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const from: string = after;
      after = await this.queue.add(async () => {
        const ids = this.overview.idsBetween(from, undefined).slice(0, SLICE);
        const last = ids.length === SLICE ? ids.at(-1) : undefined;
        this.takeStates(await this.collection.statesBetween({ after: from, last }));
        return last;
      });
    }
  }

  /** Reads the times of events of some heartbeats anew. */
  async readTimes(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.queue.add(async () => this.takeStates(await this.collection.statesById(ids)));
  }

  /** Reads the next heartbeats anew, a round after another: for what other programs wrote without saying so. */
  async readSome(): Promise<void> {
    await this.queue.add(async () => {
      const after = this.roundAt;
      const heartbeats = await this.collection.heartbeatsAfter(after, SOME);
      const last = heartbeats.at(-1)?._id;
      await this.takeSlice(heartbeats, { after, last });
      this.roundAt = last ?? '';
    });
  }

  private async fill(): Promise<void> {
    const began = this.clock.now();
    const startedAt = performance.now();
    await this.queue.add(() => this.readAll());
    for (const id of await this.collection.foreignIds()) this.dirty.add(id);
    this.knownUntil = began;
    this.isLoaded = true;
    await this.queue.refreshed();
    const took = Math.round(performance.now() - startedAt);
    this.logger.debug(`the overview of ${this.overview.size} heartbeats is there after ${took} ms`);
  }

  /** Reads all heartbeats with their states, the next ones while those before are taken. */
  private async readAll(): Promise<void> {
    let next = this.collection.heartbeatsAfter('', SLICE);
    for (let after: string | undefined = ''; after !== undefined && !this.stopped;) {
      const heartbeats: OverviewFields[] = await next;
      const last = heartbeats.at(-1)?._id;
      if (last !== undefined) next = this.collection.heartbeatsAfter(last, SLICE);
      // Where this slice fails, nobody waits for it any more.
      next.catch(() => undefined);
      await this.takeSlice(heartbeats, { after, last });
      after = last;
      await setImmediate();
    }
  }

  /** Takes heartbeats whose ids are next to each other, with their states. */
  private async takeSlice(heartbeats: readonly OverviewFields[], { after, last }: IdRange): Promise<void> {
    const states = await this.collection.statesBetween({ after, last });
    const found = new Set(heartbeats.map(({ _id }) => _id));
    for (const heartbeat of heartbeats) this.takeHeartbeat(heartbeat);
    this.takeStates(states);
    // What was not found may have been created since.
    if (this.overview.size === found.size) return;
    for (const id of this.overview.idsBetween(after, last)) if (!found.has(id)) this.dirty.add(id);
  }

  private async refresh(): Promise<void> {
    const { othersWanted } = this;
    this.othersWanted = false;
    const now = this.clock.now();
    const monotonic = this.clock.monotonic();
    const long = monotonic - this.longAt >= LONG_EVERY_MS;
    const since = Math.min(this.knownUntil, now) - (long ? LONG_OVERLAP_MS : OVERLAP_MS);
    await this.readDirty();
    await this.takeNewStates(await this.collection.statesSince(since));
    if (othersWanted) this.countAfter = Number.NEGATIVE_INFINITY;
    if (othersWanted || monotonic - this.heartbeatsAt >= HEARTBEATS_EVERY_MS) await this.lookForOthers(since);
    this.blind = await this.blindness.blindSince();
    if (long) this.longAt = monotonic;
    this.knownUntil = now;
  }

  /** Learns what was written by others than this process. @param since milliseconds since the epoch */
  private async lookForOthers(since: number): Promise<void> {
    const at = this.clock.monotonic();
    for await (const batch of this.collection.heartbeatsUpdatedSince(Math.floor(since / 1_000))) {
      for (const heartbeat of batch) if (this.takeHeartbeat(heartbeat)) this.dirty.add(heartbeat._id);
    }
    await this.readDirty();
    if (at >= this.countAfter) await this.countHeartbeats();
    this.heartbeatsAt = at;
  }

  private async countHeartbeats(): Promise<void> {
    const began = performance.now();
    const count = await this.collection.count();
    const took = performance.now() - began;
    this.countAfter = this.clock.monotonic() + took / SHARE_COUNTING;
    for (const id of await this.comparison.differing(count)) this.dirty.add(id);
    await this.readDirty();
  }

  private async readDirty(): Promise<void> {
    while (this.dirty.size > 0) {
      const ids = [...this.dirty].slice(0, MOST_IDS);
      for (const id of ids) this.dirty.delete(id);
      try {
        await this.readById(ids);
      } catch (error) {
        for (const id of ids) this.dirty.add(id);
        throw error;
      }
    }
  }

  private async readById(ids: readonly string[]): Promise<void> {
    const heartbeats = await this.collection.heartbeatsById(ids);
    const states = await this.collection.statesById(ids);
    const found = new Set(heartbeats.map(({ _id }) => _id));
    for (const heartbeat of heartbeats) this.takeHeartbeat(heartbeat);
    for (const id of ids) if (!found.has(id) && this.overview.remove(id)) this.tellRule(id);
    this.takeStates(states);
  }

  /** States of heartbeats that are not known are a reason to look for these. */
  private async takeNewStates(states: readonly OverviewState[]): Promise<void> {
    this.takeStates(states);
    for (const { _id, removed } of states) {
      if (removed !== true && this.overview.get(_id) === undefined) this.dirty.add(_id);
    }
    await this.readDirty();
  }

  private takeHeartbeat(heartbeat: OverviewFields): boolean {
    const changed = this.overview.set(heartbeat, unseenEntryState(heartbeat, this.clock.now()));
    if (changed) this.tellRule(heartbeat._id);
    return changed;
  }

  private takeStates(states: readonly OverviewState[]): void {
    for (const { _id, removed, state, since, last_event: lastEvent, deadline } of states) {
      if (removed === true) continue;
      const entry = this.overview.setState(_id, { state, since, lastEvent, deadline });
      if (entry === undefined || !this.isLoaded) continue;
      for (const listener of this.listeners) listener.stateChanged(entry);
    }
  }

  private noteChange({ id, kind, heartbeat }: HeartbeatChange): void {
    if (!this.isLoaded && this.loading === undefined) return;
    if (kind === 'created' && heartbeat !== undefined) this.takeHeartbeat(heartbeat);
    if (kind === 'removed' && this.overview.remove(id)) this.tellRule(id);
    // Something may be under way that was read before.
    if (kind !== 'created' || this.queue.busy) this.dirty.add(id);
  }

  private tellRule(id: string): void {
    if (!this.isLoaded) return;
    for (const listener of this.listeners) listener.ruleChanged(id);
  }
}
