import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { CLOCK, type Clock } from '../../util/clock';
import { Loop } from '../../util/loop';
import type { OverviewEntry } from '../overview/overview-entry';
import { OverviewWatch } from '../overview/overview-watch';
import { type ChangeMessage, TICK, rulesMessage, statesMessage } from './change-messages';
import { CappedMap } from '../../util/capped-map';

/** How often it looks for changes while somebody listens, in milliseconds. */
const LOOK_EVERY_MS = 250;
/** How often something is said where nothing happens, in milliseconds. */
const TICK_EVERY_MS = 10_000;
/** So often the next heartbeats are read again: for what nothing tells of. */
const READ_SOME_EVERY_MS = 2_000;
/** Where nothing can be known for so long, in milliseconds, nobody may believe that nothing happens. */
const GIVE_UP_AFTER_MS = 5_000;
/** What happened so long before the moment that a listener names is told again: clocks differ, and writes take time. */
const OVERLAP_MS = 5_000;
/** Of so many removed heartbeats it is known when that was seen. */
const MOST_REMOVED = 1_000;

/** Who is told of changes. */
export interface ChangeListener {
  tell(message: ChangeMessage): void;
  /** Nothing more will come. */
  end(): void;
  /** Asked every 30 s or so. @returns whether it may still listen */
  isWelcome(): Promise<boolean>;
}

/** Looks for changes while somebody listens, once for all who do, and tells them. */
@Injectable()
export class ChangeFeed implements OnModuleDestroy {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly listeners = new Set<ChangeListener>();
  private readonly states = new Set<OverviewEntry>();
  private readonly rules = new Set<string>();
  /** When it was seen that they were gone, in milliseconds since the epoch. */
  private readonly removed = new CappedMap<string, number>(MOST_REMOVED);
  private loop: Loop | undefined;
  private closed = false;
  private told = '';
  private lookedAt = 0;
  private tickedAt = 0;
  private ticks = 0;
  private readSomeAt = 0;

  constructor(
    private readonly watch: OverviewWatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    watch.listeners.add({
      stateChanged: (entry) => void (this.listeners.size > 0 && this.states.add(entry)),
      ruleChanged: (id) => this.noteRule(id),
    });
  }

  /**
   * Tells a listener what holds now and what happened since a moment, and from then on what happens.
   * @param after unix seconds; undefined: only what holds now
   * @returns what ends it
   * @throws DatabaseError where that cannot be known
   */
  async listen(listener: ChangeListener, after: number | undefined): Promise<() => void> {
    const overview = await this.watch.ready();
    if (this.closed) {
      listener.end();
      return () => undefined;
    }
    listener.tell(TICK);
    const from = after === undefined ? Infinity : after * 1_000 - OVERLAP_MS;
    const entries = [...overview.all()];
    const changed = entries.filter(({ updated }) => updated !== null && updated * 1_000 >= from);
    const gone = [...this.removed].filter(([, at]) => at >= from);
    const rules = [...changed.map(({ id }) => id), ...gone.map(([id]) => id)];
    if (rules.length > 0) listener.tell(rulesMessage(rules));
    listener.tell(this.statesMessage(entries.filter(({ since }) => since >= from)));
    this.listeners.add(listener);
    this.start();
    return () => this.leave(listener);
  }

  /** Ends all, so that the server can close. */
  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    this.endAll();
    await this.loop?.stop();
  }

  private leave(listener: ChangeListener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    this.states.clear();
    this.rules.clear();
  }

  private start(): void {
    if (this.loop !== undefined) return;
    const now = this.clock.monotonic();
    [this.lookedAt, this.tickedAt, this.readSomeAt] = [now, now, now];
    const loop = new Loop('looking for changes', LOOK_EVERY_MS, () => this.look(), this.logger);
    this.loop = loop;
    loop.start();
  }

  private async look(): Promise<void> {
    if (this.listeners.size === 0) {
      const { loop } = this;
      this.loop = undefined;
      void loop?.stop();
      return;
    }
    try {
      await this.watch.ready();
    } catch (error) {
      if (this.clock.monotonic() - this.lookedAt >= GIVE_UP_AFTER_MS) this.endAll();
      throw error;
    }
    this.lookedAt = this.clock.monotonic();
    this.publish();
    if (this.lookedAt - this.readSomeAt >= READ_SOME_EVERY_MS) {
      this.readSomeAt = this.lookedAt;
      await this.watch.readSome();
    }
    if (this.lookedAt - this.tickedAt >= TICK_EVERY_MS) {
      this.tickedAt = this.lookedAt;
      this.tellAll(TICK);
      this.ticks += 1;
      if (this.ticks % 3 === 0) await this.sendAwayUnwelcome();
    }
  }

  private publish(): void {
    if (this.rules.size > 0) this.tellAll(rulesMessage([...this.rules]));
    const { counts } = this.watch.overview;
    const holds = JSON.stringify([counts, this.watch.blindSince]);
    const changed = [...this.states].filter(({ gone }) => !gone);
    if (changed.length > 0 || holds !== this.told) this.tellAll(this.statesMessage(changed));
    this.told = holds;
    this.rules.clear();
    this.states.clear();
  }

  private statesMessage(changed: readonly OverviewEntry[]): ChangeMessage {
    const { cursor, overview, blindSince } = this.watch;
    return statesMessage({ cursor, counts: overview.counts, blind_since: blindSince }, changed);
  }

  private noteRule(id: string): void {
    if (this.watch.overview.get(id) === undefined) {
      this.removed.set(id, this.clock.now());
    }
    if (this.listeners.size > 0) this.rules.add(id);
  }

  private async sendAwayUnwelcome(): Promise<void> {
    for (const listener of [...this.listeners]) {
      if (await listener.isWelcome().catch(() => true)) continue;
      this.leave(listener);
      listener.end();
    }
  }

  private tellAll(message: ChangeMessage): void {
    for (const listener of this.listeners) listener.tell(message);
  }

  private endAll(): void {
    for (const listener of [...this.listeners]) {
      this.leave(listener);
      listener.end();
    }
  }
}
