import { Calendar } from '../../domain/calendar';
import type { StoredMaintenance } from '../../domain/maintenance';
import { isPattern } from '../../domain/pattern';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { type HeartbeatState, silentFrom } from '../../states/heartbeat-state';
import type { StateDocuments } from '../../states/state-store';
import { eachInTurns } from '../../util/in-turns';
import type { Clock } from '../../util/clock';
import type { RuleReconciler } from './rule-reconciler';

/** How many heartbeats are looked at together. */
const SLICE = 500;
/** How long it goes on at one look, in milliseconds; then events and silence have their turn. */
const MOMENT_MS = 300;

type Silent = Pick<HeartbeatState, '_id' | 'last_event' | 'since'>;

/** What a {@link MaintenanceWatch} works with. */
export interface MaintenanceWatchParts {
  readonly windows: { list(): Promise<StoredMaintenance[]> };
  readonly heartbeats: Pick<HeartbeatCollection, 'readByIds' | 'idsWithin'>;
  readonly store: Pick<StateDocuments, 'readAll'>;
  readonly reconciler: Pick<RuleReconciler, 'reconcile' | 'reconcileRange'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Knows the maintenance windows, and has the states of all heartbeats agree with them when one begins, ends or is changed. That takes
 * its time where there are many; no alarm depends on it, since what seems silent is held against the windows as well (decision 30).
 */
export class MaintenanceWatch {
  private known = { text: '[]', calendar: new Calendar([]) };
  /** What was known, and which windows held, when it was last looked for what has begun, ended or changed. */
  private applied: { readonly text: string; readonly holding: readonly StoredMaintenance[] } = {
    text: '[]',
    holding: [],
  };
  /** Heartbeats that are to be looked at. */
  private waiting: string[] = [];
  /** Where the round over all of them is; undefined where there is none. */
  private after: string | undefined;
  private turn: Promise<void> = Promise.resolve();
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly parts: MaintenanceWatchParts) {}

  /** The windows as they were last read. */
  get calendar(): Calendar {
    return this.known.calendar;
  }

  /** When the next window begins or ends, in milliseconds since the epoch; undefined where none will. */
  get nextChange(): number | undefined {
    return this.calendar.nextChange(this.parts.clock.now());
  }

  /** Reads the windows again, after whoever does so already. @throws DatabaseError */
  refresh(): Promise<void> {
    const mine = this.reading.then(() => this.read());
    this.reading = mine.catch(() => undefined);
    return mine;
  }

  /** Reads them before all heartbeats are learned. @throws DatabaseError */
  async start(): Promise<void> {
    await this.refresh();
    this.applied = { text: this.known.text, holding: this.calendar.holdingAt(this.parts.clock.now()) };
    this.after = undefined;
    this.waiting = [];
  }

  /** Where something has begun, ended or changed, goes on with what is to be done about it, for a moment. @throws DatabaseError */
  apply(): Promise<void> {
    const mine = this.turn.then(() => this.goOn());
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** Does all that is to be done about what was changed just now. @throws DatabaseError */
  async applyChange(): Promise<void> {
    await this.refresh();
    do await this.apply();
    while (this.isBusy);
  }

  /**
   * Finds those of some silent heartbeats that are in maintenance, or were since silence is counted for them, and has their states
   * say so: they are paused, or have their whole interval from its end.
   * @returns their ids
   */
  async excuse(silent: readonly Silent[], now: number): Promise<ReadonlySet<string>> {
    const { calendar } = this;
    if (calendar.isEmpty) return new Set();
    const latest = calendar.holdingAt(now).length > 0 ? Infinity : calendar.lastEnd(undefined, now);
    const inDoubt = new Map(
      silent.flatMap((state) =>
        silentFrom(state) < latest ? [[state._id, silentFrom(state)] as const] : [],
      ),
    );
    if (inDoubt.size === 0) return new Set();
    const found = await this.parts.heartbeats.readByIds([...inDoubt.keys()], { pattern: 1 });
    const excused: string[] = [];
    await eachInTurns(found, ({ _id, pattern }) => {
      if (!isPattern(pattern)) return;
      const last = calendar.holds(pattern, now) ? Infinity : calendar.lastEnd(pattern, now);
      if (last > (inDoubt.get(_id) ?? Infinity)) excused.push(_id);
    });
    if (excused.length > 0) await this.parts.reconciler.reconcile(excused);
    return new Set(excused);
  }

  private get isBusy(): boolean {
    return this.after !== undefined || this.waiting.length > 0;
  }

  /** What is asked of the windows until the next look is found out before anybody goes by them: no alarm waits for that. */
  private async read(): Promise<void> {
    const windows = await this.parts.windows.list();
    const text = JSON.stringify(windows);
    const calendar = text === this.known.text ? this.calendar : new Calendar(windows, this.calendar);
    await calendar.prepare(this.parts.clock.now());
    this.known = { text, calendar };
  }

  private async goOn(): Promise<void> {
    await this.findChanged();
    const until = performance.now() + MOMENT_MS;
    while (this.isBusy && performance.now() < until) {
      if (this.after === undefined) await this.lookAtWaiting();
      else this.after = await this.parts.reconciler.reconcileRange(this.after, SLICE);
    }
  }

  private async lookAtWaiting(): Promise<void> {
    const ids = this.waiting.slice(0, SLICE);
    await this.parts.reconciler.reconcile(ids);
    this.waiting = this.waiting.slice(ids.length);
  }

  /**
   * Finds the heartbeats of the windows that have begun, or ended, or changed meanwhile: all, where one is for all. Where any has
   * changed, those that are paused may be so for longer, or shorter.
   */
  private async findChanged(): Promise<void> {
    const { text, calendar } = this.known;
    const { applied, parts } = this;
    const holding = calendar.holdingAt(parts.clock.now());
    const changed = [...without(holding, applied.holding), ...without(applied.holding, holding)];
    const patterns = changed.flatMap(({ pattern }) => (pattern === null ? [] : [pattern]));
    const ids = new Set(text === applied.text ? [] : await this.paused());
    if (patterns.length > 0) for (const id of await parts.heartbeats.idsWithin(patterns)) ids.add(id);
    this.waiting.push(...ids);
    if (patterns.length < changed.length) this.after = '';
    this.applied = { text, holding };
  }

  private async paused(): Promise<string[]> {
    const options = { projection: { _id: 1 } } as const;
    const found = await this.parts.store.readAll<{ _id: string }>({ state: 'paused' }, options);
    return found.map(({ _id }) => _id);
  }
}

/** @returns those that others have not, or have otherwise */
function without(
  windows: readonly StoredMaintenance[],
  others: readonly StoredMaintenance[],
): StoredMaintenance[] {
  if (windows === others) return [];
  const known = new Set(others.map((window) => JSON.stringify(window)));
  return windows.filter((window) => !known.has(JSON.stringify(window)));
}
