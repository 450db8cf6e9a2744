import type { OverviewEntry } from './overview-entry';
import type { EntryOrder } from './overview-order';

/** Up to so many that were touched are taken out and put in one by one; more in one pass over all. */
const FEW = 16;

/**
 * Entries in an order that is kept: what came, changed or went is only noted, and dealt with when somebody reads. So it costs
 * nothing while nobody does, and one pass over all at most, however much has changed; what comes behind all others is appended.
 */
export class SortedOrder {
  private sorted: OverviewEntry[];
  /** Entries that are not in `sorted`. */
  private readonly added = new Set<OverviewEntry>();
  /** Entries of `sorted` that went, or belong elsewhere now. */
  private readonly touched = new Set<OverviewEntry>();

  /** @param byId all entries, in the order of their ids */
  constructor(
    byId: readonly OverviewEntry[],
    private readonly order: EntryOrder,
  ) {
    this.sorted = sortedByKey(byId, order);
  }

  /** Notes that an entry came. */
  add(entry: OverviewEntry): void {
    this.added.add(entry);
  }

  /** Notes that an entry went, or has something else now by which it is sorted. */
  touch(entry: OverviewEntry): void {
    if (!this.added.has(entry)) this.touched.add(entry);
  }

  /** @returns all entries in order; valid until the next change, and not to be changed */
  items(): readonly OverviewEntry[] {
    const { added, touched } = this;
    if (added.size + touched.size > 0) {
      const placed = [...added, ...touched].filter(({ gone }) => !gone).sort(this.order.compare);
      if (touched.size === 0 && this.isBehindAll(placed[0]))
        for (const entry of placed) this.sorted.push(entry);
      else if (added.size + touched.size <= FEW) this.mendOneByOne(placed);
      else this.merge(placed);
      added.clear();
      touched.clear();
    }
    return this.sorted;
  }

  /** @returns the place of the first entry of {@link items} of which this does not hold; it holds of all before that, and of none behind */
  firstWithout(holds: (entry: OverviewEntry) => boolean, sorted = this.items()): number {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = sorted[middle];
      if (other !== undefined && holds(other)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isBehindAll(first: OverviewEntry | undefined): boolean {
    const last = this.sorted.at(-1);
    return first === undefined || last === undefined || this.order.compare(last, first) < 0;
  }

  private mendOneByOne(placed: readonly OverviewEntry[]): void {
    const sorted = [...this.sorted];
    for (const entry of this.touched) {
      const at = sorted.indexOf(entry);
      if (at >= 0) sorted.splice(at, 1);
    }
    for (const entry of placed) {
      const at = this.firstWithout((other) => this.order.compare(other, entry) < 0, sorted);
      sorted.splice(at, 0, entry);
    }
    this.sorted = sorted;
  }

  private merge(placed: readonly OverviewEntry[]): void {
    const { touched } = this;
    const { compare } = this.order;
    const merged: OverviewEntry[] = [];
    let next = 0;
    for (const item of this.sorted) {
      if (touched.has(item)) continue;
      for (let other = placed[next]; other !== undefined && compare(other, item) < 0; other = placed[next]) {
        merged.push(other);
        next += 1;
      }
      merged.push(item);
    }
    this.sorted = merged.concat(placed.slice(next));
  }
}

/** Sorting is stable, so that equal keys stay in the order of ids. */
function sortedByKey(byId: readonly OverviewEntry[], { keyOf, sorterFor }: EntryOrder): OverviewEntry[] {
  const keyed = byId.map((entry) => ({ key: keyOf(entry), entry }));
  return keyed.sort(sorterFor(keyed)).map(({ entry }) => entry);
}
