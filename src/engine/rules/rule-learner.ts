import type { Logger } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { setImmediate as sent } from 'node:timers/promises';
import { isDuplicateKey } from '../../heartbeat/duplicate-key';
import { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { byCodePoint } from '../by-code-point';
import type { HeartbeatState } from '../state/heartbeat-state';
import type { StateStore } from '../state/state-store';
import { type KnownState, plan, type PlanContext } from './plan';
import { readRule, type Rule, RULE_FIELDS, type RuleFields } from './rule';
import type { RuleBook, RuleState } from './rule-book';

/** How many heartbeats are brought into agreement at once. */
const BATCH = 1_000;
/** How often a heartbeat is tried again that another process changes at the same time; the next look finds it then. */
const TRIES = 5;
/** How many ids a line of the log names. */
const NAMED = 10;

/** All that planning a write takes. */
const WHOLE = { outbox: 0 } as const;
/** All that it takes to see that nothing needs to be written, which is so nearly always. */
const LEAN = { rule: 1, pattern: 1, revision: 1, state: 1, removed: 1 } as const;

/** What a {@link RuleLearner} works with. */
export interface RuleLearnerParts {
  readonly book: RuleBook;
  readonly store: StateStore;
  readonly heartbeats: HeartbeatCollection;
  readonly context: () => PlanContext;
  /** Called when there may be new alarms to send. */
  readonly onAlarms: () => void;
  readonly logger: Logger;
}

/** What waits for its turn, and when it is done. */
interface Queued {
  readonly ids: Set<string>;
  readonly created: Map<string, Rule>;
  readonly learned: Promise<void>;
}

type Rules = ReadonlyMap<string, Rule>;
/** Heartbeats and state documents whose ids are next to each other. */
interface Slice {
  readonly states: LeanStates;
  readonly rules: Rules;
  /** The last id up to which both are known; undefined where there are no more. */
  readonly horizon: string | undefined;
  /** The states after it, where they are being read. */
  readonly ahead: Promise<LeanStates> | undefined;
}

type LeanStates = ReadonlyMap<string, LeanState>;
type LeanState = Pick<KnownState, '_id' | keyof typeof LEAN>;

/**
 * Makes the heartbeats, their state documents and the rules in memory agree. It does not matter how it learned that they
 * may not, nor how often it is told, nor how many processes do it at once. It does one thing at a time, so that what was
 * read later is remembered later.
 *
 * State documents are always read before their heartbeats: where the state document is then still the same, the
 * heartbeat that was read is the newer one of the two.
 */
export class RuleLearner {
  private turn: Promise<unknown> = Promise.resolve();
  private queued: Queued | undefined;
  private readonly reported = new Set<string>();

  constructor(private readonly parts: RuleLearnerParts) {}

  /** Looks at these heartbeats, whether they exist or not. Those asked for while it waits its turn are done together. */
  learn(ids: Iterable<string>): Promise<void> {
    const queued = this.queue();
    for (const id of ids) queued.ids.add(id);
    return queued.learned;
  }

  /** Takes a heartbeat that was stored just now: nothing needs to be read, unless its id was used before. */
  learnNew(heartbeat: RuleFields): Promise<void> {
    const queued = this.queue();
    queued.created.set(heartbeat._id, readRule(heartbeat));
    return queued.learned;
  }

  private queue(): Queued {
    if (this.queued === undefined) {
      const ids = new Set<string>();
      const created = new Map<string, Rule>();
      const learned = this.inTurn(async () => {
        this.queued = undefined;
        const fresh = [...created.keys()].filter((id) => !ids.has(id));
        const again = await this.agree(fresh, created, new Map());
        await this.reconcile([...ids, ...again]);
      });
      this.queued = { ids, created, learned };
    }
    return this.queued;
  }

  /**
   * Looks at the heartbeats and the state documents whose ids come next, `limit` of them at most.
   * @returns the last id looked at; undefined when there are no more
   */
  survey(after: string, limit: number): Promise<string | undefined> {
    return this.inTurn(async () => {
      const slice = await this.read(after, limit);
      await this.learnSlice(slice);
      return slice.horizon;
    });
  }

  /**
   * Looks at all of them, reading the next states while these rules are read, and the next rules while these are learned.
   * What is learned by id meanwhile may be forgotten again: the caller has to look at what has changed since.
   */
  async surveyAll(limit: number): Promise<void> {
    let next: Promise<Slice> | undefined = this.read('', limit, this.leanStates('', limit));
    while (next !== undefined) {
      const { horizon, ahead, ...slice }: Slice = await next;
      next = horizon === undefined ? undefined : this.read(horizon, limit, ahead);
      // Where learning fails, nobody waits for it any more.
      next?.catch(() => undefined);
      // The driver sends a query some turns after it is asked to: learning must not keep the database from its work.
      await sent();
      await this.inTurn(() => this.learnSlice({ ...slice, horizon }));
    }
  }

  /** @param ahead the states after this id, where they are being read already; then those after them are as well */
  private async read(after: string, limit: number, ahead?: Promise<LeanStates>): Promise<Slice> {
    const states = await (ahead ?? this.leanStates(after, limit));
    const lastState = states.size === limit ? lastId(states) : undefined;
    const further = ahead && lastState !== undefined ? this.leanStates(lastState, limit) : undefined;
    further?.catch(() => undefined);
    const rules = await this.readRules({ _id: { $gt: after } }, { sort: { _id: 1 }, limit });
    const lastRule = rules.size === limit ? lastId(rules) : undefined;
    const [horizon] = [lastState, lastRule].filter((id) => id !== undefined).sort(byCodePoint);
    return { states, rules, horizon, ahead: horizon === lastState ? further : undefined };
  }

  private leanStates(after: string, limit: number): Promise<LeanStates> {
    return this.readStates({ _id: { $gt: after } }, { sort: { _id: 1 }, limit, projection: LEAN });
  }

  private async learnSlice({ states, rules, horizon }: Omit<Slice, 'ahead'>): Promise<void> {
    const ids = new Set([...rules.keys(), ...states.keys()]);
    const near = [...ids].filter((id) => horizon === undefined || byCodePoint(id, horizon) <= 0);
    const differing = near.filter((id) => !this.agrees(rules.get(id), states.get(id)));
    const fresh = differing.filter((id) => !states.has(id));
    const again = await this.agree(fresh, rules, new Map());
    await this.reconcile([...again, ...differing.filter((id) => states.has(id))]);
  }

  /** Whether nothing needs to be written; then it is remembered. */
  private agrees(rule: Rule | undefined, state: LeanState | undefined): boolean {
    const { repeatMs } = this.parts.context();
    if (state === undefined || state.removed || state.rule !== rule?.fingerprint) return false;
    if (repeatMs !== undefined && state.state === 'down') return false;
    this.remember(rule.id, rule, state);
    return true;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async reconcile(ids: string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH) {
      let open = ids.slice(from, from + BATCH);
      for (let tries = 0; open.length > 0 && tries < TRIES; tries += 1) {
        const these = { _id: { $in: open } };
        const states = await this.readStates<KnownState>(these, { projection: WHOLE });
        open = await this.agree(open, await this.readRules(these), states);
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
    for (const id of ids) {
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
    }
    this.report([...inserts.map(({ _id }) => _id), ...written], rules);
    await this.parts.store.write(writes);
    if (writes.length > 0) this.parts.onAlarms();
    return [...written, ...(await this.insert(inserts, rules))];
  }

  private remember(id: string, rule: Rule | undefined, state: RuleState | undefined): void {
    if (rule?.valid && state) this.parts.book.learn(rule, state);
    else this.parts.book.forget(id);
  }

  /**
   * Where a heartbeat was removed before its state was there, `RemovalRecorder` has put a document in its place.
   * @returns those that must be looked at again, since there is one
   */
  private async insert(documents: readonly HeartbeatState[], rules: Rules): Promise<string[]> {
    if (documents.length === 0) return [];
    try {
      await this.parts.store.states.insertMany([...documents], { ordered: false });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return documents.map(({ _id }) => _id);
    }
    for (const state of documents) this.remember(state._id, rules.get(state._id), state);
    return [];
  }

  private async readStates<T extends { _id: string }>(
    filter: mongo.Filter<HeartbeatState>,
    options: mongo.FindOptions,
  ): Promise<Map<string, T>> {
    const found = (await this.parts.store.states.find(filter, options).toArray()) as unknown as T[];
    return new Map(found.map((state) => [state._id, state]));
  }

  private async readRules(
    filter: mongo.Filter<{ _id: string }>,
    options: mongo.FindOptions = {},
  ): Promise<Map<string, Rule>> {
    const found = await this.parts.heartbeats.readAll((heartbeats) =>
      heartbeats.find(filter, { ...options, projection: RULE_FIELDS }),
    );
    // Ids of other types come from other programs; the API cannot name them either.
    const named = found.filter(({ _id }) => typeof _id === 'string');
    return new Map(named.map((heartbeat) => [heartbeat._id, readRule(heartbeat)]));
  }

  /** Names those that have become invalid, once each. */
  private report(ids: readonly string[], rules: Rules): void {
    const news: string[] = [];
    for (const id of ids) {
      if (rules.get(id)?.valid !== false) this.reported.delete(id);
      else if (!this.reported.has(id)) news.push(id);
    }
    if (news.length === 0) return;
    for (const id of news) this.reported.add(id);
    const named = news.slice(0, NAMED).map((id) => JSON.stringify(id));
    const more = news.length > NAMED ? ` and ${news.length - NAMED} more` : '';
    this.parts.logger.warn(
      `not watched, since the interval or the pattern is invalid: ${named.join(', ')}${more}`,
    );
  }
}

const lastId = (documents: ReadonlyMap<string, unknown>): string => [...documents.keys()].at(-1) ?? '';
