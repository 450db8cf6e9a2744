import { Matcher } from '../matcher/matcher';
import { type HeartbeatState, STATES, type StateName } from '../../states/heartbeat-state';
import { charactersIn, type ValidRule } from './rule';

/** What a rule's state document adds to it. */
export type RuleState = Pick<HeartbeatState, 'revision' | 'state'>;

/**
 * One watched heartbeat in memory. The object stays the same as long as the heartbeat's pattern does, so that an event
 * can be held against it later.
 */
export interface RuleEntry {
  readonly id: string;
  /** Fingerprint of the whole rule. */
  rule: string;
  intervalMs: number;
  /** How many characters its texts have, which are not in memory: what they are read for is bounded by that. */
  characters: number;
  /** The revision of the state document that this is from; writes have it in their filter. */
  revision: number;
  /** The state when last seen. A hint: writes have it in their filter, and mend it when they miss. */
  state: StateName;
  /** The round in which it was last seen in the database. */
  seen: number;
  /** See `ObservedHeartbeat`. */
  keptAt: number;
}

/** All rules that are watched, in memory: what an event is matched against. Of their texts it holds the patterns' alone, and nothing that must last. */
export class RuleIndex {
  private readonly matcher = new Matcher<RuleEntry>();
  private round = 0;

  get size(): number {
    return this.matcher.size;
  }

  get(id: string): RuleEntry | undefined {
    return this.matcher.get(id);
  }

  /** The heartbeats that an event belongs to. */
  match(event: Readonly<Record<string, unknown>>): RuleEntry[] {
    return this.matcher.match(event);
  }

  /**
   * Takes a rule as its heartbeat and its state document, which agree, have it. Nothing of a known entry is replaced by an equal
   * text: what was just read is one of its own, and most are read again in every round.
   */
  put(rule: ValidRule, { revision, state }: RuleState): void {
    const known = this.get(rule.id);
    if (known === undefined || !this.isPatternOf(known, rule)) {
      this.add(rule, { revision, state });
      return;
    }
    if (known.rule !== rule.fingerprint) {
      known.rule = rule.fingerprint;
      known.intervalMs = rule.intervalMs;
      known.characters = charactersIn(rule);
    }
    known.revision = revision;
    known.state = sharedName(state);
    known.seen = this.round;
  }

  remove(id: string): void {
    this.matcher.remove(id);
  }

  private isPatternOf(known: RuleEntry, rule: ValidRule): boolean {
    return known.rule === rule.fingerprint || this.matcher.isPatternOf(known.id, rule.pattern);
  }

  private add(rule: ValidRule, { revision, state }: RuleState): void {
    // Field by field: a literal that spreads another object keeps its fields in a second allocation, 34 bytes more for each.
    const entry: RuleEntry = {
      id: rule.id,
      rule: rule.fingerprint,
      intervalMs: rule.intervalMs,
      characters: charactersIn(rule),
      revision,
      state: sharedName(state),
      seen: this.round,
      keptAt: Number.NEGATIVE_INFINITY,
    };
    this.matcher.replace(entry, rule.pattern);
  }

  /** Begins a new round, and gives the ids of those that were not learned, or learned again, in the one that ends. */
  nextRound(): string[] {
    const unseen: string[] = [];
    for (const { id, seen } of this.matcher.values()) if (seen < this.round) unseen.push(id);
    this.round += 1;
    return unseen;
  }
}

/** The same text for all that have it: what was read from the database is one of its own for each document. */
const sharedName = (name: StateName): StateName => STATES.find((known) => known === name) ?? name;
