import type { KnownState } from './plan';
import { charactersIn, type Rule } from './rule';

/** How many are looked at first, before it is known how long they are. */
const FIRST = 16;
/** How many are looked at together at most, and how many characters of texts those may have. */
const MOST = 1_000;
const MOST_CHARACTERS = 4_000_000;
/** By how much more are looked at after those that were short. */
const GROWTH = 4;

/** How many heartbeats are read together: as many as the texts of those before let expect to be in memory without harm. */
export class ChunkSize {
  private size = FIRST;

  /** How many are to be read next. */
  get next(): number {
    return this.size;
  }

  /** To be told what was read. */
  learn(rules: Iterable<Rule>, states: Iterable<KnownState>): void {
    let characters = 1;
    for (const rule of rules) characters += charactersIn(rule);
    for (const { resource, output } of states) characters += resource.length + (output?.length ?? 0);
    const fitting = Math.floor((MOST_CHARACTERS * this.size) / characters);
    this.size = Math.max(1, Math.min(fitting, GROWTH * this.size, MOST));
  }
}
