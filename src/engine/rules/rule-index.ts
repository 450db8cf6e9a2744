import { Matcher } from '../matcher/matcher';
import type { HeartbeatState } from '../../states/heartbeat-state';
import { charactersIn, type ValidRule } from './rule';

/** What a rule's state document adds to it. */
export type RuleState = Pick<HeartbeatState, 'revision' | 'state' | 'pattern'>;

/**
 * One watched heartbeat in memory. The object stays the same as long as the heartbeat's pattern does, so that an event
 * can be held against it later.
 */
export interface RuleEntry {
  readonly id: string;
  /** Fingerprint of the pattern. */
  readonly pattern: string;
  /** Fingerprint of the whole rule. */
  rule: string;
  intervalMs: number;
  /** How many characters its texts have, which are not in memory: what they are read for is bounded by that. */
  characters: number;
  /** The revision of the state document that this is from; writes have it in their filter. */
  revision: number;
  /** The state when last seen. A hint: writes have it in their filter, and mend it when they miss. */
  state: HeartbeatState['state'];
  /** The round in which it was last seen in the database. */
  seen: number;
  /** See `ObservedHeartbeat`. */
  keptAt: number;
}

/** All rules that are watched, in memory: what an event is matched against. Holds no texts, and nothing that must last. */
export class RuleIndex {
  private readonly matcher = new Matcher();
  private readonly entries = new Map<string, RuleEntry>();
  private round = 0;

  get size(): number {
    return this.entries.size;
  }

  get(id: string): RuleEntry | undefined {
    return this.entries.get(id);
  }

  /** The heartbeats that an event belongs to. */
  match(event: Readonly<Record<string, unknown>>): RuleEntry[] {
    const found: RuleEntry[] = [];
    for (const id of this.matcher.match(event)) {
      const entry = this.entries.get(id);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /** Takes a rule as its heartbeat and its state document, which agree, have it. */
  put(rule: ValidRule, { revision, state, pattern }: RuleState): void {
    const known = this.entries.get(rule.id);
    const seen = this.round;
    const news = {
      rule: rule.fingerprint,
      intervalMs: rule.intervalMs,
      characters: charactersIn(rule),
      revision,
      state,
      seen,
    };
    if (known?.pattern === pattern) {
      Object.assign(known, news);
      return;
    }
    this.matcher.replace(rule.id, rule.pattern);
    this.entries.set(rule.id, { id: rule.id, pattern, ...news, keptAt: Number.NEGATIVE_INFINITY });
  }

  remove(id: string): void {
    this.matcher.remove(id);
    this.entries.delete(id);
  }

  /** Begins a new round, and gives the ids of those that were not learned, or learned again, in the one that ends. */
  nextRound(): string[] {
    const unseen = [...this.entries.values()].filter(({ seen }) => seen < this.round).map(({ id }) => id);
    this.round += 1;
    return unseen;
  }
}
