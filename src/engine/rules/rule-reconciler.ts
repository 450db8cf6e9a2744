import type { Logger } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { setImmediate } from 'node:timers/promises';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { byCodePoint } from '../../util/by-code-point';
import type { Tolerance } from '../../domain/tolerance';
import { type HeartbeatState, WITHOUT_LISTS } from '../../states/heartbeat-state';
import { isLeanSound, isSound } from '../../states/sound-state';
import type { StateStore } from '../../states/state-store';
import type { AlarmLog } from '../alarms/alarm-log';
import { MAIN_ALONE } from '../../states/outbox-fields';
import { ChunkSize } from './chunk-size';
import { agreesInQuiet } from './pause-change';
import { isUntold, type KnownState, plan, type PlanContext } from './plan';
import type { Rule, RuleFields } from './rule';
import type { RuleIndex, RuleState } from './rule-index';
import { RuleReader } from './rule-reader';
import { type LeanState, type Slice, SliceReader } from './slice-reader';
import { UnwatchedLog } from './unwatched-log';
import { eachInTurns } from '../../util/in-turns';
import { errorText } from '../../util/error-text';

/** How many heartbeats are brought into agreement at once. */
const BATCH = 1_000;
/** How often a heartbeat is tried again that another process changes at the same time; the next look finds it then. */
const TRIES = 5;

/** What a {@link RuleReconciler} works with. */
export interface RuleReconcilerParts {
  readonly ruleIndex: RuleIndex;
  readonly store: StateStore;
  readonly heartbeats: HeartbeatCollection;
  readonly alarmLog: AlarmLog;
  readonly context: () => PlanContext;
  /** Called when there may be new alarms to send. */
  readonly onAlarms: () => void;
  readonly logger: Logger;
  /** Added to every interval. */
  readonly tolerance: Tolerance;
}

/** What waits for its turn, and when it is done. */
interface Queued {
  readonly ids: Set<string>;
  readonly created: Map<string, Rule>;
  readonly learned: Promise<void>;
}

type Rules = ReadonlyMap<string, Rule>;

/**
 * Makes the heartbeats, their state documents and the rules in memory agree. It does not matter how it learned that they
 * may not, nor how often it is told, nor how many processes do it at once. It does one thing at a time, so that what was
 * read later is remembered later.
 *
 * State documents are always read before their heartbeats: where the state document is then still the same, the
 * heartbeat that was read is the newer one of the two.
 */
export class RuleReconciler {
  private turn: Promise<unknown> = Promise.resolve();
  private queued: Queued | undefined;
  private readonly reader: RuleReader;
  private readonly slices: SliceReader;
  private readonly unwatched: UnwatchedLog;
  private readonly repeating = new Set<string>();
  private foreign: ReadonlySet<string> = new Set();
  /** There while all are looked at: those of them that got, or lost, their pattern after they may have been read. */
  private toLookAtAgain: Set<string> | undefined;

  constructor(private readonly parts: RuleReconcilerParts) {
    this.reader = new RuleReader({ ...parts, changed: (ids) => this.reconcileLater(ids) });
    this.slices = new SliceReader(parts);
    this.unwatched = new UnwatchedLog(parts.logger);
  }

  /** Looks at these heartbeats, whether they exist or not. Those asked for while it waits its turn are done together. */
  reconcile(ids: Iterable<string>): Promise<void> {
    const queued = this.queue();
    for (const id of ids) queued.ids.add(id);
    return queued.learned;
  }

  /** Takes a heartbeat that was stored just now: nothing needs to be read, unless its id was used before. */
  reconcileCreated(heartbeat: RuleFields): Promise<void> {
    const queued = this.queue();
    queued.created.set(heartbeat._id, this.ruleOf(heartbeat));
    return queued.learned;
  }

  /** A heartbeat as it is watched, unless it repeats another one's pattern. */
  ruleOf(heartbeat: RuleFields): Rule {
    return this.reader.ruleOf(heartbeat);
  }

  /** Looks at heartbeats that no range of ids has, since their `_id` is no text, or an empty one. */
  async reconcileForeign(): Promise<void> {
    const { foreign, shared } = await this.parts.heartbeats.sharedIds();
    this.unwatched.reportShared(shared);
    const ids = new Set(['', ...this.foreign, ...foreign]);
    this.foreign = ids;
    await this.reconcile(ids);
  }

  /** Looks at those that wait for an older one with their pattern to go. */
  async reconcileRepeating(): Promise<void> {
    if (this.repeating.size > 0) await this.reconcile([...this.repeating].slice(0, BATCH));
  }

  private queue(): Queued {
    if (this.queued === undefined) {
      const ids = new Set<string>();
      const created = new Map<string, Rule>();
      const learned = this.inTurn(async () => {
        this.queued = undefined;
        const fresh = [...created.keys()].filter((id) => !ids.has(id));
        const again = await this.agree(fresh, created, new Map());
        await this.converge([...ids, ...again]);
      });
      this.queued = { ids, created, learned };
    }
    return this.queued;
  }

  /**
   * Looks at the heartbeats and the state documents whose ids come next, `limit` of them at most.
   * @returns the last id looked at; undefined when there are no more
   */
  reconcileRange(after: string, limit: number): Promise<string | undefined> {
    return this.inTurn(async () => {
      const slice = await this.slices.read(after, limit);
      await this.reconcileSlice(slice, await this.reader.rulesIn(slice.found));
      return slice.horizon;
    });
  }

  /**
   * Looks at all of them, reading the next heartbeats, their rules, and the states after those while these are learned.
   * What is learned by id meanwhile may be forgotten again: the caller has to look at what has changed since.
   * @returns how many slices there were
   */
  async reconcileAll(limit: number): Promise<number> {
    let slices = 0;
    const again = (this.toLookAtAgain = new Set());
    try {
      let next: Promise<Slice> | undefined = this.slices.readFirst(limit);
      let learning = Promise.resolve();
      while (next !== undefined) {
        const slice: Slice = await next;
        next = slice.horizon === undefined ? undefined : this.slices.read(slice.horizon, limit, slice.ahead);
        // Where learning fails, nobody waits for it any more.
        next?.catch(() => undefined);
        // The driver sends a query some turns after it is asked to: learning must not keep the database from its work.
        await setImmediate();
        const rules = await this.reader.rulesIn(slice.found);
        await learning;
        learning = this.inTurn(() => this.reconcileSlice(slice, rules));
        learning.catch(() => undefined);
        slices += 1;
      }
      await learning;
    } finally {
      this.toLookAtAgain = undefined;
    }
    await this.reconcile(again);
    return slices;
  }

  private async reconcileSlice({ states, horizon }: Slice, rules: Rules): Promise<void> {
    const ids = new Set([...rules.keys(), ...states.keys()]);
    const near = [...ids].filter((id) => horizon === undefined || byCodePoint(id, horizon) <= 0);
    const differing: string[] = [];
    await eachInTurns(near, (id) => {
      if (!this.agrees(rules.get(id), states.get(id))) differing.push(id);
    });
    const fresh = differing.filter((id) => !states.has(id));
    const again = await this.agree(fresh, rules, new Map());
    await this.converge([...again, ...differing.filter((id) => states.has(id))]);
  }

  /** Whether nothing needs to be written; then it is remembered. */
  private agrees(rule: Rule | undefined, state: LeanState | undefined): boolean {
    const context = this.parts.context();
    const { repeatMs, outboxes = MAIN_ALONE } = context;
    if (state === undefined || !isLeanSound(state) || state.removed || state.rule !== rule?.fingerprint)
      return false;
    if (rule.valid && !agreesInQuiet(rule, state, context)) return false;
    if (state.state === 'down' && (repeatMs !== undefined || isUntold(state, outboxes))) return false;
    this.remember(rule.id, rule, state);
    return true;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async converge(ids: string[]): Promise<void> {
    const size = new ChunkSize();
    for (let from = 0; from < ids.length;) {
      let open = ids.slice(from, from + size.next);
      from += open.length;
      for (let tries = 0; open.length > 0 && tries < TRIES; tries += 1) {
        const these = { _id: { $in: open } };
        const found = await this.parts.store.readAll<KnownState>(these, { projection: WITHOUT_LISTS });
        const states = new Map(found.filter(isSound).map((state) => [state._id, state]));
        await this.parts.store.discard(found.map(({ _id }) => _id).filter((id) => !states.has(id)));
        const rules = await this.reader.rulesById(open);
        if (tries === 0) size.learn(rules.values(), states.values());
        open = await this.agree(open, rules, states);
      }
    }
  }

  /** @returns those for which it wrote, and for which only reading them again shows whether another process was first */
  private async agree(
    ids: readonly string[],
    rules: Rules,
    states: ReadonlyMap<string, KnownState>,
  ): Promise<string[]> {
    const context = this.parts.context();
    const inserts: HeartbeatState[] = [];
    const writes: mongo.AnyBulkWriteOperation<HeartbeatState>[] = [];
    const written: string[] = [];
    await eachInTurns(ids, (id) => {
      const next = plan(rules.get(id), states.get(id), context);
      if (next === undefined) {
        this.remember(id, rules.get(id), states.get(id));
      } else if ('insert' in next) {
        inserts.push(next.insert);
      } else {
        const { filter, update } = next;
        writes.push(update ? { updateOne: { filter, update } } : { deleteOne: { filter } });
        written.push(id);
      }
    });
    this.unwatched.report([...inserts.map(({ _id }) => _id), ...written], rules);
    const { store, alarmLog, onAlarms } = this.parts;
    await alarmLog.writing(
      writes,
      () => store.write(writes),
      (found) => found === writes.length,
    );
    if (writes.length > 0) onAlarms();
    return [...written, ...(await this.insert(inserts, rules))];
  }

  private remember(id: string, rule: Rule | undefined, state: RuleState | undefined): void {
    if (rule?.valid === false && rule.repeats) this.repeating.add(id);
    else this.repeating.delete(id);
    if (rule?.valid && state) this.parts.ruleIndex.put(rule, state);
    else this.parts.ruleIndex.remove(id);
  }

  /**
   * Where a heartbeat was removed before its state was there, `TombstoneWriter` has put a document in its place.
   * @returns those that must be looked at again, since there is one
   */
  private async insert(documents: readonly HeartbeatState[], rules: Rules): Promise<string[]> {
    if ((await this.parts.store.insert(documents)) === 'duplicate') return documents.map(({ _id }) => _id);
    for (const state of documents) this.remember(state._id, rules.get(state._id), state);
    return [];
  }

  /** While all are looked at, that is when all have been. */
  private reconcileLater(ids: readonly string[]): void {
    if (this.toLookAtAgain) for (const id of ids) this.toLookAtAgain.add(id);
    if (ids.length === 0 || this.toLookAtAgain) return;
    this.reconcile(ids).catch((error: unknown) => this.parts.logger.debug(errorText(error)));
  }
}
