import { containing } from '../../heartbeat/search';
import type { SearchScope } from '../../heartbeat/large-lists';
import { type OverviewEntry, textsOf } from './overview-entry';
import { CappedMap } from '../../util/capped-map';

/** How many searches are remembered with what they found: those of a few people who scroll. */
const REMEMBERED = 8;

/** What a search finds. */
export class SearchResult {
  /** By the entries' slots: 1 where it is found. */
  private found = new Uint8Array(1_024);
  private readonly expression: RegExp;

  constructor(private readonly text: string) {
    this.expression = new RegExp(containing(text));
  }

  /** @param within where it has to be found; everywhere, where that is absent */
  has(entry: OverviewEntry, within: SearchScope | 'id' = 'all'): boolean {
    return this.found[entry.slot] === 1 && (within === 'all' || this.isWithin(entry, within));
  }

  /** Looks at an entry that is new in its slot. */
  look(entry: OverviewEntry): void {
    const { slot } = entry;
    if (slot >= this.found.length) this.grow(slot);
    this.found[slot] = this.finds(entry) ? 1 : 0;
  }

  private finds({ text, id }: OverviewEntry): boolean {
    // The texts of an entry have NUL between them, so none of them holds one.
    if (this.text.includes('\0')) return false;
    return this.expression.test(text) || this.expression.test(id);
  }

  private isWithin(entry: OverviewEntry, within: Exclude<SearchScope, 'all'> | 'id'): boolean {
    if (within !== 'texts' && this.expression.test(entry.id)) return true;
    return within !== 'id' && this.expression.test(textsOf(entry));
  }

  private grow(slot: number): void {
    const larger = new Uint8Array(2 * (slot + 1));
    larger.set(this.found);
    this.found = larger;
  }
}

/** Searches that were made lately, kept up to date. */
export class OverviewSearches {
  /** In the order of use. */
  private readonly results = new CappedMap<string, SearchResult>(REMEMBERED);

  /**
   * @param text what is searched, not empty
   * @param all the entries to look at where this was not searched lately
   * @returns those in whose name, author, description, pattern values or id the text is, in any case
   */
  find(text: string, all: Iterable<OverviewEntry>): SearchResult {
    const known = this.results.get(text);
    const result = known ?? new SearchResult(text);
    if (known === undefined) for (const entry of all) result.look(entry);
    this.results.set(text, result);
    return result;
  }

  /** Takes an entry that came. */
  add(entry: OverviewEntry): void {
    for (const result of this.results.values()) result.look(entry);
  }
}
