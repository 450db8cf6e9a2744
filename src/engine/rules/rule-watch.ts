import { mongo } from 'mongoose';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import type { StateStore } from '../state/state-store';
import type { WatchedClock } from '../watched-clock';
import { readRule, type Rule, RULE_FIELDS, type RuleFields } from './rule';
import type { RuleBook } from './rule-book';
import type { RuleLearner } from './rule-learner';

/** How many heartbeats are read at once: few enough to be garbage soon. */
const SLICE = 500;
/** At the start, when there is nothing to be kept waiting. */
const START_SLICE = 1_000;
/** A round over all heartbeats takes this many looks, of which there is one a second. */
const ROUND_LOOKS = 45;
/** How far the clocks of the machines that share a database may be apart, and writes may take, in milliseconds. */
const OVERLAP_MS = 10_000;

/** What a {@link RuleWatch} works with. */
export interface RuleWatchParts {
  readonly book: RuleBook;
  readonly store: StateStore;
  readonly heartbeats: HeartbeatCollection;
  readonly learner: RuleLearner;
  readonly clock: WatchedClock;
}

/**
 * Finds the heartbeats that may have changed: those that the API of another process wrote, by when they were updated, and
 * those that any other program wrote, by going round over all of them, some slices at each look (decision 6). The
 * collection is never read whole.
 */
export class RuleWatch {
  private lastLook: number;
  private after = '';
  private slicesEach = 1;
  /** The rules that changed lately, by their bytes: each is seen at ten looks, and read at the first of them. */
  private recent = new Map<string, Rule>();

  constructor(private readonly parts: RuleWatchParts) {
    this.lastLook = parts.clock.now();
  }

  /** Learns all rules, as fast as the database gives them. */
  async learnAll(): Promise<void> {
    this.lastLook = this.parts.clock.now();
    await this.parts.learner.surveyAll(START_SLICE);
    await this.learnRecent();
    await this.endRound();
  }

  /** One look; to be made every second. */
  async look(): Promise<void> {
    const { learner } = this.parts;
    await this.learnRecent();
    for (let slices = 0; slices < this.slicesEach; slices += 1) {
      const after = await learner.survey(this.after, SLICE);
      this.after = after ?? '';
      if (after === undefined) return this.endRound();
    }
  }

  private async learnRecent(): Promise<void> {
    await this.parts.learner.learn([...(await this.updated()), ...(await this.removed())]);
  }

  private async updated(): Promise<string[]> {
    const { book, heartbeats, clock } = this.parts;
    const now = clock.now();
    const since = Math.floor((Math.min(this.lastLook, now) - OVERLAP_MS) / 1000);
    const ids: string[] = [];
    const recent = new Map<string, Rule>();
    const found = heartbeats.batches((collection) =>
      collection.find<Buffer>({ updated: { $gte: since } }, { projection: RULE_FIELDS, raw: true }),
    );
    for await (const batch of found) {
      for (const document of batch) {
        const bytes = document.toString('latin1');
        const rule = this.recent.get(bytes) ?? readRule(mongo.BSON.deserialize(document) as RuleFields);
        recent.set(bytes, rule);
        if (book.get(rule.id)?.rule !== rule.fingerprint) ids.push(rule.id);
      }
    }
    this.recent = recent;
    this.lastLook = now;
    return ids;
  }

  /** Marked by the API, and kept until their last alarm is sent. */
  private async removed(): Promise<string[]> {
    const options = { projection: { _id: 1 } } as const;
    const found = await this.parts.store.states.find({ removed: true }, options).toArray();
    return found.map(({ _id }) => _id);
  }

  /** What was not seen in a whole round may be gone. The next round takes as many slices at each look as it must. */
  private async endRound(): Promise<void> {
    const { book, heartbeats, store, learner } = this.parts;
    await learner.learn(book.nextRound());
    const rules = await heartbeats.run((collection) => collection.estimatedDocumentCount());
    const states = await store.states.estimatedDocumentCount();
    this.slicesEach = Math.ceil(Math.max(1, rules, states) / SLICE / ROUND_LOOKS);
  }
}
