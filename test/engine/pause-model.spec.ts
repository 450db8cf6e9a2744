import fc from 'fast-check';
import type { StoredMaintenance } from '../../src/domain/maintenance';
import type { Pause } from '../../src/domain/pause';
import { AlarmLog } from '../../src/engine/alarms/alarm-log';
import { DeadlineScanner } from '../../src/engine/deadlines/deadline-scanner';
import { PauseEnds } from '../../src/engine/deadlines/pause-ends';
import { NO_METRICS } from '../../src/engine/engine-metrics';
import { Leases } from '../../src/engine/outbox/leases';
import { EventRecorder } from '../../src/engine/recording/event-recorder';
import { MaintenanceWatch } from '../../src/engine/rules/maintenance-watch';
import { plan } from '../../src/engine/rules/plan';
import { readRule } from '../../src/engine/rules/rule';
import { RuleIndex } from '../../src/engine/rules/rule-index';
import type { HeartbeatState } from '../../src/states/heartbeat-state';
import { SharedClock } from '../../src/states/shared-clock';
import { MovableClock } from '../../src/testing/movable-clock';
import { MemoryStates } from './support/memory-states';

const INTERVAL_S = 10;
/** An alarm is raised at the first look that is half a second later, or more. */
const LATEST_S = INTERVAL_S + 1;

const HEARTBEAT = { _id: 'x', pattern: { connector: 'c' }, expected_interval: `${INTERVAL_S}s` };

/** One heartbeat, with as much of an engine as knows of pauses and maintenance, which may be away; a second after a second. */
class World {
  readonly clock = new MovableClock(1_000_000_000);
  readonly states = new MemoryStates();
  readonly told: { readonly at: number; readonly state: number }[] = [];
  isAway = false;
  /** Each comes once. */
  windows: (StoredMaintenance & { readonly from: number; readonly to: number })[] = [];
  private pause: Pause | undefined;
  private readonly ruleIndex = new RuleIndex();
  private readonly shared = new SharedClock(this.clock, { serverTime: () => Promise.resolve(undefined) });
  private readonly basics = {
    ...{ ruleIndex: this.ruleIndex, store: this.states, clock: this.shared, metrics: NO_METRICS },
    alarmLog: new AlarmLog(this.states, { deliver: () => Promise.resolve() }, { warn: () => undefined }),
    onAlarms: () => undefined,
  };
  private readonly ends = new PauseEnds({ ...this.basics, reconcile: () => this.learn() });
  private readonly scanner = new DeadlineScanner({
    ...this.basics,
    leases: new Leases(this.states),
    provenUntil: () => Infinity,
    dueAt: ({ deadline }) => deadline,
    holdsEvent: () => false,
    capacity: () => 0,
    send: () => undefined,
    excuse: (silent, now) => this.watch.excuse(silent, now),
  });
  private readonly watch = new MaintenanceWatch({
    windows: { list: () => Promise.resolve([...this.windows]) },
    store: this.states,
    heartbeats: {
      readByIds: () => Promise.resolve([HEARTBEAT as never]),
      idsWithin: () => Promise.resolve(['x']),
    },
    reconciler: { reconcile: () => this.learn(), reconcileRange: () => this.learn().then(() => undefined) },
    clock: this.shared,
  });
  private readonly recorder = new EventRecorder({
    ...this.basics,
    prefetch: 1_000,
    observer: { seen: () => undefined },
    reconcile: () => this.learn(),
    onFailure: (error) => {
      throw error;
    },
  });

  /** @param isPrompt false: where there are so many heartbeats that it is never this one's turn when a window begins */
  constructor(readonly isPrompt: boolean) {}

  get now(): number {
    return this.clock.now() / 1_000;
  }

  get isPaused(): boolean {
    const { until = 0 } = this.pause ?? {};
    return until === null || until > this.now;
  }

  async setPause(pause: Pause): Promise<void> {
    this.pause = pause;
    if (!this.isAway) await this.learn();
  }

  async setWindows(windows: World['windows']): Promise<void> {
    this.windows = windows;
    if (!this.isAway) await this.watch.applyChange();
  }

  /** Whether a window that is there now held at a time. */
  wasInMaintenance(at: number): boolean {
    return this.windows.some(({ from, to }) => from <= at && at < to);
  }

  async comeBack(): Promise<void> {
    this.isAway = false;
    await this.watch.start();
    await this.learn();
  }

  async event(): Promise<void> {
    const settled = new Promise<void>((ack) =>
      this.recorder.accept({ event: { connector: 'c' }, ack, requeue: ack }),
    );
    await this.recorder.flush();
    await settled;
    this.collect();
  }

  /** What the engine does again and again. */
  async look(): Promise<void> {
    if (this.isPrompt) await this.watch.apply();
    await this.ends.look();
    await this.scanner.raiseOverdue();
    this.collect();
  }

  /** As the reconciler does it. */
  async learn(): Promise<void> {
    const rule = readRule({ ...HEARTBEAT, pause: this.pause });
    if (!rule.valid) throw new Error('the rule is valid');
    const next = plan(rule, this.state, { now: this.clock.now(), calendar: this.watch.calendar });
    if (next !== undefined && 'insert' in next) this.states.put(next.insert);
    else if (next?.update) await this.states.write([{ updateOne: next }]);
    if (this.state) this.ruleIndex.put(rule, this.state);
  }

  get state(): HeartbeatState | undefined {
    return this.states.all.has('x') ? this.states.get('x') : undefined;
  }

  private collect(): void {
    for (const { body } of (this.state?.outbox ?? []).slice(this.told.length)) {
      this.told.push({ at: this.now, state: (JSON.parse(body) as { state: number }).state });
    }
  }
}

const command = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'nothing' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'event' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pause' as const),
      seconds: fc.option(fc.integer({ min: 1, max: 20 })),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'resume' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('window' as const),
      delay: fc.integer({ min: 0, max: 12 }),
      seconds: fc.integer({ min: 1, max: 20 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'no windows' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'away' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'back' } as const) },
);
const span = fc.tuple(command, fc.integer({ min: 1, max: 12 }));

/** What holds of every second, whatever was done. */
interface Second {
  readonly at: number;
  readonly heard: boolean;
  readonly paused: boolean;
  /** Whether the engine knew that the heartbeat was in maintenance, though the window may be removed since. */
  readonly inMaintenance: boolean;
  readonly away: boolean;
}

describe('pauses, maintenance, events and an engine that is away now and then', () => {
  it('raise only what was silent and not paused for a whole interval, and all of that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(span, { maxLength: 30 }), fc.boolean(), async (spans, isPrompt) => {
        const world = new World(isPrompt);
        await world.learn();
        const seconds: Second[] = [];
        for (const [what, length] of spans) {
          const heard = what.kind === 'event' && !world.isAway;
          const pausedBefore = world.isPaused;
          const inMaintenanceBefore = world.wasInMaintenance(world.now);
          if (what.kind === 'pause')
            await world.setPause({ until: what.seconds === null ? null : world.now + what.seconds });
          if (what.kind === 'resume' && world.isPaused) await world.setPause({ until: world.now });
          if (what.kind === 'away') world.isAway = true;
          if (what.kind === 'window') {
            const from = world.now + what.delay;
            const pattern = what.delay % 2 === 0 ? null : HEARTBEAT.pattern;
            const fields = { _id: String(seconds.length), name: 'w', pattern, created: 0, updated: 0 };
            await world.setWindows([...world.windows, { ...fields, from, to: from + what.seconds }]);
          }
          if (what.kind === 'no windows') await world.setWindows([]);
          if (what.kind === 'back' && world.isAway) await world.comeBack();
          if (heard) await world.event();
          for (let second = 0; second < length; second += 1) {
            const paused = world.isPaused || (second === 0 && pausedBefore);
            const away = world.isAway;
            const before = second === 0 && inMaintenanceBefore;
            const inMaintenance = !away && (before || world.wasInMaintenance(world.now));
            seconds.push({ at: world.now, heard: heard && second === 0, paused, inMaintenance, away });
            world.clock.pass(1_000);
            const raised = world.told.length;
            if (!world.isAway) await world.look();
            if (world.told.length > raised) expectSilence(seconds, world);
            expectTold(seconds, world);
          }
        }
        expect(world.told.map(({ state }) => state)).toEqual(world.told.map((_, n) => (n % 2 ? 0 : 3)));
        const heard = new Set(seconds.filter((each) => each.heard).map(({ at }) => at));
        for (const { at, state } of world.told) if (state === 0) expect(heard).toContain(at);
      }),
      { numRuns: 400 },
    );
  });
});

const isQuiet = ({ at, paused }: Second, world: World): boolean => paused || world.wasInMaintenance(at);

function expectSilence(seconds: readonly Second[], world: World): void {
  const interval = seconds.filter(({ at }) => at > world.now - INTERVAL_S);
  const excused = interval.filter(
    (second) => second.heard || isQuiet(second, world) || (second.inMaintenance && world.isPrompt),
  );
  expect(excused).toEqual([]);
}

function expectTold(seconds: readonly Second[], world: World): void {
  const last = seconds.slice(-LATEST_S - 1);
  const excused = last.some(
    (second) => second.heard || second.away || second.inMaintenance || isQuiet(second, world),
  );
  if (last.length > LATEST_S && !excused) expect(world.told.at(-1)).toMatchObject({ state: 3 });
}
