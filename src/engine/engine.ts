import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  OnApplicationBootstrap,
} from '@nestjs/common';
import { EVENT_TRANSPORT, EventTransport } from '../events/event-transport';
import { HeartbeatChanges } from '../heartbeat/heartbeat-changes';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { ENGINE_METRICS, EngineMetrics } from '../metrics/engine-metrics';
import { CLOCK, Clock } from '../time/clock';
import { within } from '../time/within';
import { ALARM_SINK, AlarmSink } from './alarm-sink';
import { WATCH_OPTIONS, WatchOptions } from './engine.options';
import { HearingWatch } from './hearing/hearing-watch';
import { Leases } from './leases';
import { Loop } from './loop';
import { Recorder } from './recorder';
import { RuleBook } from './rules/rule-book';
import { RuleLearner } from './rules/rule-learner';
import { RuleWatch } from './rules/rule-watch';
import { Sender } from './sender';
import { StateStore } from './state/state-store';
import { WatchedClock } from './watched-clock';
import { Watcher } from './watcher';

const RULES_EVERY_MS = 1_000;
/** How long stopping may take, in milliseconds; what is not stored by then is delivered again, or found again. */
const STOP_LIMIT_MS = 8_000;

/**
 * The heartbeat engine (contract: engine): takes events, finds silence, raises and resolves alarms. It starts with the
 * application without holding it up, waits for the database and the broker as long as it takes, and never ends the
 * process. Any number of engines may share a database and a queue.
 */
@Injectable()
export class Engine implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Engine.name);
  private readonly clock: WatchedClock;
  private readonly book = new RuleBook();
  private readonly hearing: HearingWatch;
  private readonly learner: RuleLearner;
  private readonly rules: RuleWatch;
  private readonly recorder: Recorder;
  private readonly watcher: Watcher;
  private readonly sender: Sender;
  private readonly tickLoop: Loop;
  private readonly rulesLoop: Loop;
  private readonly endings: (() => void)[] = [];
  private learned = false;
  private consuming = false;
  private stoppingToConsume: Promise<void> | undefined;
  private tickCount = 0;

  constructor(
    private readonly store: StateStore,
    heartbeats: HeartbeatCollection,
    private readonly changes: HeartbeatChanges,
    @Inject(EVENT_TRANSPORT) private readonly transport: EventTransport,
    @Inject(ALARM_SINK) sink: AlarmSink,
    @Inject(CLOCK) clock: Clock,
    @Inject(WATCH_OPTIONS) options: WatchOptions,
    @Inject(ENGINE_METRICS) metrics: EngineMetrics,
  ) {
    const { book, logger } = this;
    const { prefetch, blindGraceMs, repeatMs, tickMs } = options;
    this.clock = new WatchedClock(clock);
    const leases = new Leases(store);
    const common = { book, store, leases, heartbeats, clock: this.clock, logger, metrics };
    this.sender = new Sender({ ...common, sink });
    const onAlarms = this.sender.wake;
    const context = () => ({ now: this.clock.now(), againAt: this.hearing.againAt, blindGraceMs, repeatMs });
    this.learner = new RuleLearner({ ...common, context, onAlarms });
    this.rules = new RuleWatch({ ...common, learner: this.learner });
    this.recorder = new Recorder({
      ...common,
      prefetch,
      learn: (ids) => this.learner.learn(ids),
      onAlarms,
      onFailure: (error) => this.stopHearing(error),
    });
    this.hearing = new HearingWatch({
      ...common,
      ...{ transport, prefetch, blindGraceMs, repeatMs },
      received: () => this.recorder.received,
      flush: () => this.recorder.flush(),
    });
    this.watcher = new Watcher({
      ...common,
      repeatMs,
      holdsEvent: (id) => this.recorder.holds(id),
      room: () => this.sender.room,
      send: this.sender.send,
      onAlarms,
    });
    this.tickLoop = new Loop('watching', tickMs, () => this.tick(), logger);
    this.rulesLoop = new Loop('learning heartbeats', RULES_EVERY_MS, () => this.rules.look(), logger);
  }

  /** Whether silence is no evidence just now, because events could not be heard. */
  get isBlind(): boolean {
    return !this.hearing.open;
  }

  /** How many heartbeats are watched. */
  get watched(): number {
    return this.book.size;
  }

  /** How often it has looked for silence, in vain included. */
  get ticks(): number {
    return this.tickCount;
  }

  /** Starts; does not wait for the database or the broker. */
  onApplicationBootstrap(): void {
    this.endings.push(
      this.changes.listen(({ id, heartbeat }) =>
        heartbeat ? this.learner.learnNew(heartbeat) : this.learner.learn([id]),
      ),
    );
    this.endings.push(this.transport.onHearingChange((hearing) => hearing && this.retryAlarms()));
    this.tickLoop.start();
  }

  /** Takes no more events, stores those it has, and finishes what it is sending. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const end of this.endings) end();
    await within(STOP_LIMIT_MS, this.stop()).catch((error: unknown) =>
      this.logger.warn(`stopped with work left: ${String(error)}`),
    );
    this.hearing.stop();
  }

  private async stop(): Promise<void> {
    await Promise.all([this.tickLoop.stop(), this.rulesLoop.stop()]);
    await this.transport.stopConsuming();
    await this.recorder.flush();
    await this.sender.stop();
  }

  private async tick(): Promise<void> {
    try {
      // Rejects while the database is away: what cannot be stored is not taken. What comes back may be an empty one.
      if (!this.consuming) await this.store.prepare();
      if (!this.learned) await this.learnAll();
      if (!this.consuming) await this.consume();
      await this.recorder.flush();
      if (this.consuming) await this.look();
    } catch (error) {
      this.hearing.failed();
      throw error;
    } finally {
      this.tickCount += 1;
    }
  }

  private async look(): Promise<void> {
    const before = this.hearing.againAt;
    await this.hearing.look();
    if (this.hearing.againAt !== before) {
      this.logger.log(`hears events since ${new Date(this.hearing.againAt).toISOString()}`);
    }
    await this.watcher.raiseSilent(async () => {
      await this.hearing.look();
      return this.hearing.open;
    });
    await this.watcher.repeatOpen();
  }

  private async learnAll(): Promise<void> {
    await this.rules.learnAll();
    this.learned = true;
    this.logger.log(`watching ${this.book.size} heartbeats`);
    this.rulesLoop.start();
    this.sender.start();
  }

  private async consume(): Promise<void> {
    await this.stoppingToConsume;
    this.consuming = true;
    try {
      // Events may come, and fail to be stored, before this resolves: that must have the last word.
      await this.transport.consume(this.recorder.take);
    } catch (error) {
      this.consuming = false;
      throw error;
    }
  }

  /** Events could not be stored: none are taken until the database is back. */
  private stopHearing(error: unknown): void {
    this.logger.warn(`events could not be stored, and wait: ${String(error)}`);
    this.hearing.failed();
    this.consuming = false;
    this.stoppingToConsume = this.transport.stopConsuming().catch(() => undefined);
  }

  private retryAlarms(): void {
    this.sender.retryNow().catch((error: unknown) => this.logger.debug(String(error)));
  }
}
