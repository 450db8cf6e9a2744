import type { OverviewEntry } from './overview-entry';
import type { EntryOrder } from './overview-order';

/** Up to so many that were touched are taken out and put in one by one; more in one pass over all. */
const FEW = 16;

/**
 * Entries in an order that is kept: what came, changed or went is only noted, and dealt with when somebody reads. So it costs
 * nothing while nobody does, and one pass over all at most, however much has changed.
 */
export class SortedOrder {
  private sorted: OverviewEntry[];
  private readonly touched = new Set<OverviewEntry>();

  /** @param byId all entries, in the order of their ids */
  constructor(
    byId: readonly OverviewEntry[],
    private readonly order: EntryOrder,
  ) {
    this.sorted = sortedByKey(byId, order);
  }

  /** Notes that an entry came, went, or has something else now by which it is sorted. */
  touch(entry: OverviewEntry): void {
    this.touched.add(entry);
  }

  /** @returns all entries in order; valid until the next change, and not to be changed */
  items(): readonly OverviewEntry[] {
    if (this.touched.size > 0) {
      if (this.touched.size <= FEW) this.mendOneByOne();
      else this.merge();
      this.touched.clear();
    }
    return this.sorted;
  }

  private mendOneByOne(): void {
    const sorted = [...this.sorted];
    for (const entry of this.touched) {
      const at = sorted.indexOf(entry);
      if (at >= 0) sorted.splice(at, 1);
    }
    for (const entry of this.touched) {
      if (entry.gone) continue;
      sorted.splice(this.placeOf(entry, sorted), 0, entry);
    }
    this.sorted = sorted;
  }

  private placeOf(entry: OverviewEntry, sorted: readonly OverviewEntry[]): number {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = sorted[middle];
      if (other !== undefined && this.order.compare(other, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private merge(): void {
    const { touched } = this;
    const { compare } = this.order;
    const placed = [...touched].filter(({ gone }) => !gone).sort(compare);
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
