import type { Logger } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { HeartbeatCollection, isDuplicateKey } from '../../heartbeat/heartbeat-collection';
import { byCodePoint } from '../by-code-point';
import type { HeartbeatState } from '../state/heartbeat-state';
import type { StateStore } from '../state/state-store';
import { type KnownState, plan, type PlanContext } from './plan';
import { readRule, type Rule, RULE_FIELDS } from './rule';
import type { RuleBook } from './rule-book';

/** How many heartbeats are brought into agreement at once. */
const BATCH = 1_000;
/** How often a heartbeat is tried again that another process changes at the same time; the next look finds it then. */
const TRIES = 5;
/** How many ids a line of the log names. */
const NAMED = 10;

const KNOWN_STATE = { outbox: 0 } as const;

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

type Rules = ReadonlyMap<string, Rule>;
type States = ReadonlyMap<string, KnownState>;

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
  private queued: { readonly ids: Set<string>; readonly learned: Promise<void> } | undefined;
  private readonly reported = new Set<string>();

  constructor(private readonly parts: RuleLearnerParts) {}

  /** Looks at these heartbeats, whether they exist or not. Those asked for while it waits its turn are done together. */
  learn(ids: Iterable<string>): Promise<void> {
    if (this.queued === undefined) {
      const asked = new Set<string>();
      const learned = this.inTurn(() => {
        this.queued = undefined;
        return this.reconcile([...asked]);
      });
      this.queued = { ids: asked, learned };
    }
    for (const id of ids) this.queued.ids.add(id);
    return this.queued.learned;
  }

  /**
   * Looks at the heartbeats and the state documents whose ids come next, `limit` of them at most.
   * @returns the last id looked at; undefined when there are no more
   */
  survey(after: string, limit: number): Promise<string | undefined> {
    return this.inTurn(async () => {
      const next: mongo.Filter<{ _id: string }> = { _id: { $gt: after } };
      const order = { sort: { _id: 1 }, limit } as const;
      const states = await this.readStates(next, order);
      const rules = await this.readRules(next, order);
      const last = [states, rules].filter(({ size }) => size === limit).map(lastId);
      const horizon = last.sort(byCodePoint)[0];
      const near = (id: string): boolean => horizon === undefined || byCodePoint(id, horizon) <= 0;
      const again = await this.agree([...rules.keys()].filter(near), rules, states);
      const orphans = [...states.keys()].filter((id) => near(id) && !rules.has(id));
      await this.reconcile([...again, ...orphans]);
      return horizon;
    });
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
        const states = await this.readStates(these);
        open = await this.agree(open, await this.readRules(these), states);
      }
    }
  }

  /** @returns those for which it wrote: reading them again shows who was first, and whether the heartbeat is still there */
  private async agree(ids: readonly string[], rules: Rules, states: States): Promise<string[]> {
    const context = this.parts.context();
    const inserts: HeartbeatState[] = [];
    const writes: mongo.AnyBulkWriteOperation<HeartbeatState>[] = [];
    const written: string[] = [];
    for (const id of ids) {
      const next = plan(rules.get(id), states.get(id), context);
      if (next === undefined) {
        this.remember(id, rules.get(id), states.get(id));
        continue;
      }
      written.push(id);
      if ('insert' in next) inserts.push(next.insert);
      else if (next.update) writes.push({ updateOne: { filter: next.filter, update: next.update } });
      else writes.push({ deleteOne: { filter: next.filter } });
    }
    this.report(written.map((id) => rules.get(id)));
    await this.insert(inserts);
    await this.parts.store.write(writes);
    if (writes.length > 0) this.parts.onAlarms();
    return written;
  }

  private remember(id: string, rule: Rule | undefined, state: KnownState | undefined): void {
    if (rule?.valid && state) this.parts.book.learn(rule, state);
    else this.parts.book.forget(id);
  }

  private async insert(documents: HeartbeatState[]): Promise<void> {
    if (documents.length === 0) return;
    try {
      await this.parts.store.states.insertMany(documents, { ordered: false });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  private async readStates(
    filter: mongo.Filter<HeartbeatState>,
    options: mongo.FindOptions = {},
  ): Promise<Map<string, KnownState>> {
    const cursor = this.parts.store.states.find(filter, { ...options, projection: KNOWN_STATE });
    return new Map((await cursor.toArray()).map((state) => [state._id, state]));
  }

  private async readRules(
    filter: mongo.Filter<{ _id: string }>,
    options: mongo.FindOptions = {},
  ): Promise<Map<string, Rule>> {
    const found = await this.parts.heartbeats.readAll((heartbeats) =>
      heartbeats.find(filter, { ...options, projection: RULE_FIELDS }),
    );
    return new Map(found.map((heartbeat) => [heartbeat._id, readRule(heartbeat)]));
  }

  /** Names those that have become invalid, once each. */
  private report(rules: readonly (Rule | undefined)[]): void {
    const news: string[] = [];
    for (const rule of rules) {
      if (rule === undefined || rule.valid) this.reported.delete(rule?.id ?? '');
      else if (!this.reported.has(rule.id)) news.push(rule.id);
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
