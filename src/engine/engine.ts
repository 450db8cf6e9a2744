import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  OnApplicationBootstrap,
} from '@nestjs/common';
import { EVENT_TRANSPORT, type EventSource } from '../events/event-transport';
import { HeartbeatChanges } from '../heartbeat/heartbeat-changes';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { ENGINE_METRICS, EngineMetrics } from './engine-metrics';
import type { EngineWork } from './engine-work';
import { withTimeout } from '../util/timeout';
import { ALARM_SINK, ALERTMANAGER_SINK, AlarmSink, WEBHOOK_SINK } from './alarms/alarm-sink';
import { AlarmLog } from './alarms/alarm-log';
import { WATCH_OPTIONS, WatchOptions } from './engine.options';
import { BlindnessGuard } from './blindness/blindness-guard';
import { Loop } from '../util/loop';
import { EventRecorder } from './recording/event-recorder';
import { MaintenanceWatch } from './rules/maintenance-watch';
import { RuleIndex } from './rules/rule-index';
import { RuleReconciler } from './rules/rule-reconciler';
import { RuleChangePoller } from './rules/rule-change-poller';
import { AlarmSenders } from './outbox/alarm-senders';
import { EVENT_OBSERVER, type EventObserver } from '../states/history/event-observer';
import { MaintenanceService } from '../states/maintenance/maintenance.service';
import { StateStore } from '../states/state-store';
import { EngineRegistry } from '../states/engine-registry';
import { SharedClock } from '../states/shared-clock';
import { AlertRefresher } from './deadlines/alert-refresher';
import { DeadlineScanner, type Overlooked } from './deadlines/deadline-scanner';
import { PauseEnds } from './deadlines/pause-ends';
import { errorText } from '../util/error-text';

const RULES_EVERY_MS = 1_000;
/** The time between two looks while something is overdue, in milliseconds. */
const OVERDUE_TICK_MS = 100;
/** How long stopping may take, in milliseconds; what is not stored by then is delivered again, or found again. */
const STOP_LIMIT_MS = 8_000;

/**
 * The heartbeat engine (contract: engine): takes events, finds silence, raises and resolves alarms. It starts with the
 * application without holding it up, waits for the database and the broker as long as it takes, and never ends the
 * process. Any number of engines may share a database and a queue.
 */
@Injectable()
export class Engine implements EngineWork, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Engine.name);
  private readonly ruleIndex = new RuleIndex();
  private readonly blindnessGuard: BlindnessGuard;
  private readonly reconciler: RuleReconciler;
  private readonly poller: RuleChangePoller;
  private readonly recorder: EventRecorder;
  private readonly scanner: DeadlineScanner;
  private readonly pauseEnds: PauseEnds;
  private readonly maintenance: MaintenanceWatch;
  /** Absent without an Alertmanager. */
  private readonly refresher: AlertRefresher | undefined;
  private readonly senders: AlarmSenders;
  private readonly alarmLog: AlarmLog;
  private readonly tickLoop: Loop;
  private readonly rulesLoop: Loop;
  private readonly endings: (() => void)[] = [];
  private learned = false;
  private consuming = false;
  private stoppingToConsume: Promise<void> | undefined;
  private toldOfHearing = 0;
  private tickCount = 0;
  private overdue: Overlooked = { any: false, wanted: undefined };
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: StateStore,
    heartbeats: HeartbeatCollection,
    private readonly changes: HeartbeatChanges,
    @Inject(EVENT_TRANSPORT) private readonly transport: EventSource,
    @Inject(ALARM_SINK) sink: AlarmSink,
    @Inject(WEBHOOK_SINK) webhook: AlarmSink | undefined,
    @Inject(ALERTMANAGER_SINK) alertmanager: AlarmSink | undefined,
    private readonly clock: SharedClock,
    registry: EngineRegistry,
    @Inject(WATCH_OPTIONS) private readonly options: WatchOptions,
    @Inject(ENGINE_METRICS) metrics: EngineMetrics,
    @Inject(EVENT_OBSERVER) observer: EventObserver,
    private readonly windows: MaintenanceService,
  ) {
    const { ruleIndex, logger } = this;
    const { prefetch, blindGraceMs, repeatMs, tickMs, blindAfterMs, pathCheck, tolerance } = options;
    const alarmLog = (this.alarmLog = new AlarmLog(store, sink));
    const basics = { store, heartbeats, clock, logger, metrics };
    this.senders = new AlarmSenders({ ...basics, sink, webhook, alertmanager });
    const { outboxes, leases, wake: onAlarms } = this.senders;
    const common = { ...basics, ruleIndex, registry, leases, alarmLog, outboxes };
    const context = () => ({ now: clock.now(), repeatMs, outboxes, calendar: this.maintenance.calendar });
    const reconciler = (this.reconciler = new RuleReconciler({ ...common, context, onAlarms, tolerance }));
    const reconcile = (ids: string[]) => reconciler.reconcile(ids);
    this.maintenance = new MaintenanceWatch({ ...basics, windows: windows.stored, reconciler });
    this.poller = new RuleChangePoller({ ...common, reconciler });
    this.recorder = new EventRecorder({
      ...common,
      prefetch,
      observer,
      reconcile,
      onAlarms,
      onFailure: (error) => this.stopHearing(error),
    });
    this.blindnessGuard = new BlindnessGuard({
      ...common,
      ...{ transport, blindGraceMs, repeatMs, blindAfterMs, pathCheck },
      received: () => this.recorder.received,
      flush: () => this.recorder.flush(),
      wake: () => this.tickLoop.wake(),
    });
    this.scanner = new DeadlineScanner({
      ...common,
      repeatMs,
      provenUntil: () => this.blindnessGuard.provenUntil,
      dueAt: (silence) => this.blindnessGuard.dueAt(silence),
      holdsEvent: (id) => this.recorder.hasPending(id),
      excuse: (silent, now) => this.maintenance.excuse(silent, now),
      capacity: this.senders.capacity,
      send: this.senders.send,
      onAlarms,
    });
    this.pauseEnds = new PauseEnds({ ...basics, reconcile });
    this.refresher = alertmanager && new AlertRefresher({ ...basics, onAlarms });
    const pace = () => (this.overdue.any ? Math.min(tickMs, OVERDUE_TICK_MS) : tickMs);
    this.tickLoop = new Loop('watching', pace, () => this.tick(), logger);
    this.rulesLoop = new Loop('learning heartbeats', RULES_EVERY_MS, () => this.lookAtRules(), logger);
  }

  /** Whether silence is no evidence just now, because events could not be heard. */
  get isBlind(): boolean {
    return !this.blindnessGuard.open;
  }

  /** Whether the way of events is broken, or somebody else takes a part of them. */
  get isPathBroken(): boolean {
    return this.blindnessGuard.isPathBroken;
  }

  get isFailing(): boolean {
    return Math.max(this.tickLoop.failingMs, this.rulesLoop.failingMs) > this.options.blindAfterMs;
  }

  /** How many heartbeats are watched. */
  get watched(): number {
    return this.ruleIndex.size;
  }

  /** Whether all heartbeats that there were at the start are watched. */
  get hasLearned(): boolean {
    return this.learned;
  }

  /** How often it has looked for silence, in vain included. */
  get ticks(): number {
    return this.tickCount;
  }

  /** Up to when nothing is left to look at: what was silent then has been raised. In milliseconds since the epoch. */
  get lookedUntil(): number {
    return this.lookedAt;
  }

  /** Looks for silence now, rather than at the next tick. */
  lookNow(): void {
    this.tickLoop.wake();
  }

  /** Whether it is just sending alarms, or looking for such as wait to be sent. */
  get isSending(): boolean {
    return this.senders.isBusy;
  }

  /**
   * When the next alarm will be raised, or a maintenance window begins or ends, if no event comes, in milliseconds since the epoch;
   * undefined where none will.
   */
  async nextAlarmAt(): Promise<number | undefined> {
    const times = [await this.scanner.nextAlarmAt(), this.maintenance.nextChange];
    return times.filter((time) => time !== undefined).sort((a, b) => a - b)[0];
  }

  /** Starts; does not wait for the database or the broker. */
  onApplicationBootstrap(): void {
    this.endings.push(
      this.changes.listen(({ id, heartbeat }) =>
        heartbeat ? this.reconciler.reconcileCreated(heartbeat) : this.reconciler.reconcile([id]),
      ),
    );
    this.endings.push(this.windows.listen(() => this.maintenance.applyChange()));
    if (this.transport.path !== undefined && !this.options.pathCheck) {
      this.logger.warn(
        'no check is sent to prove that events come (PATH_CHECK=off): where nothing comes, it is believed that nothing was sent',
      );
    }
    this.endings.push(this.transport.onHearingChange((hearing) => hearing && this.retryAlarms()));
    this.tickLoop.start();
  }

  /** Takes no more events, stores those it has, and finishes what it is sending. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const end of this.endings) end();
    await withTimeout(STOP_LIMIT_MS, this.stop()).catch((error: unknown) =>
      this.logger.warn(`stopped with work left: ${errorText(error)}`),
    );
    this.blindnessGuard.stop();
  }

  private async stop(): Promise<void> {
    await Promise.all([this.tickLoop.stop(), this.rulesLoop.stop()]);
    await this.transport.stopConsuming();
    await this.recorder.flush();
    // What could not be stored is on its way back: until it is there, others have to wait for this engine.
    if (this.consuming) await this.blindnessGuard.sayGoodbye();
    await this.senders.stop();
  }

  private async tick(): Promise<void> {
    try {
      // Rejects while the database is away: what cannot be stored is not taken. What comes back may be an empty one.
      if (!this.consuming) await this.store.prepare();
      await this.clock.sync();
      await this.alarmLog.settle();
      if (!this.learned) await this.learnAll();
      if (!this.consuming) await this.consume();
      await this.recorder.flush();
      if (this.consuming) await this.look();
    } catch (error) {
      this.blindnessGuard.failed();
      throw error;
    } finally {
      this.tickCount += 1;
    }
  }

  private async look(): Promise<void> {
    const now = this.clock.now();
    await this.maintenance.apply();
    await this.pauseEnds.look();
    await this.blindnessGuard.refresh(this.overdue.wanted);
    this.overdue = await this.scanner.raiseOverdue();
    if (this.overdue.wanted !== undefined) {
      await this.blindnessGuard.refresh(this.overdue.wanted);
      this.overdue = await this.scanner.raiseOverdue();
    }
    this.tellOfHearing();
    await this.scanner.repeatOpen();
    await this.refresher?.refreshDue();
    if (this.blindnessGuard.open && this.overdue.wanted === undefined) this.lookedAt = now;
  }

  private tellOfHearing(): void {
    const { resumedAt } = this.blindnessGuard;
    if (resumedAt === this.toldOfHearing || !this.blindnessGuard.open) return;
    this.toldOfHearing = resumedAt;
    this.logger.log(`hears events since ${new Date(resumedAt).toISOString()}`);
  }

  private async lookAtRules(): Promise<void> {
    await this.maintenance.refresh();
    await this.poller.look();
  }

  private async learnAll(): Promise<void> {
    await this.maintenance.start();
    await this.poller.learnAll();
    this.learned = true;
    this.logger.log(`watching ${this.ruleIndex.size} heartbeats`);
    this.rulesLoop.start();
    this.senders.start();
  }

  private async consume(): Promise<void> {
    await this.stoppingToConsume;
    await this.blindnessGuard.register();
    this.consuming = true;
    try {
      // Events may come, and fail to be stored, before this resolves: that must have the last word.
      await this.transport.consume(this.recorder.accept);
    } catch (error) {
      this.consuming = false;
      throw error;
    }
  }

  /** Events could not be stored: none are taken until the database is back. */
  private stopHearing(error: unknown): void {
    this.logger.warn(`events could not be stored, and wait: ${errorText(error)}`);
    this.blindnessGuard.failed();
    this.consuming = false;
    this.stoppingToConsume = this.transport.stopConsuming().catch(() => undefined);
  }

  private retryAlarms(): void {
    this.senders.retryNow().catch((error: unknown) => this.logger.debug(errorText(error)));
  }
}
