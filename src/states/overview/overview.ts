import type { SearchScope } from '../../heartbeat/large-lists';
import type { StateName } from '../heartbeat-state';
import { byCodePoint } from '../../util/by-code-point';
import {
  EntryMaker,
  type EntryState,
  type OverviewEntry,
  type OverviewFields,
  sameRule,
} from './overview-entry';
import { type Direction, type OverviewSort, STATE_SORTS, TIME_SORTS, orderOf } from './overview-order';
import { OverviewSearches } from './overview-search';
import { SortedOrder } from './sorted-order';
import { CappedMap } from '../../util/capped-map';

/** How many orders are kept besides that of ids; the one that was used longest ago is forgotten first. */
const ORDERS = 12;

/** Which part of which list is asked for. */
export interface OverviewQuery {
  readonly sort: OverviewSort;
  readonly direction: Direction;
  readonly state?: StateName;
  /** Empty: all. */
  readonly search?: string;
  /** Where is searched: everywhere, where that is absent. */
  readonly within?: SearchScope | 'id';
  readonly skip: number;
  readonly limit: number;
}

/** A part of a list. */
export interface OverviewPage {
  readonly entries: readonly OverviewEntry[];
  /** How many there are in the whole list. */
  readonly total: number;
}

/** How many heartbeats are in each state. */
export type StateNumbers = Readonly<Record<StateName, number>>;

interface KeptOrder {
  readonly sort: OverviewSort;
  readonly order: SortedOrder;
}

/**
 * All heartbeats with their states, in memory, in the orders that somebody asks for. It reads nothing: others tell it, and
 * what they tell twice does no harm.
 */
export class Overview {
  private readonly entries = new Map<string, OverviewEntry>();
  private readonly maker = new EntryMaker();
  private readonly freeSlots: number[] = [];
  private readonly searches = new OverviewSearches();
  private readonly byId = new SortedOrder([], orderOf('_id', 'asc'));
  /** By sort and direction, in the order of use. */
  private readonly orders = new CappedMap<string, KeptOrder>(ORDERS);
  private readonly numbers: Record<StateName, number> = { up: 0, down: 0, waiting: 0, paused: 0, invalid: 0 };
  private readonly partials = new Set<string>();

  get size(): number {
    return this.entries.size;
  }

  /** The ids of those that are not known whole, so that a search may miss them: few, as a rule none. */
  get partial(): ReadonlySet<string> {
    return this.partials;
  }

  get counts(): StateNumbers {
    return { ...this.numbers };
  }

  get(id: string): OverviewEntry | undefined {
    return this.entries.get(id);
  }

  all(): Iterable<OverviewEntry> {
    return this.entries.values();
  }

  /** @returns the ids between two, the second one included; without that, all behind the first */
  idsBetween(after: string, last: string | undefined): string[] {
    const behind = (border: string): number =>
      this.byId.firstWithout(({ id }) => byCodePoint(id, border) <= 0);
    const end = last === undefined ? undefined : behind(last);
    return this.byId
      .items()
      .slice(behind(after), end)
      .map(({ id }) => id);
  }

  /**
   * Takes a heartbeat as it is stored now. Its state stays what it was.
   * @param unseen its state where the heartbeat is new
   * @returns whether anything was not known yet
   */
  set(heartbeat: OverviewFields, unseen: EntryState): boolean {
    const known = this.entries.get(heartbeat._id);
    const entry = this.maker.make(heartbeat, known ?? unseen);
    if (known !== undefined) {
      if (sameRule(known, entry)) return false;
      this.remove(known.id);
    }
    entry.slot = this.freeSlots.pop() ?? this.entries.size;
    this.entries.set(entry.id, entry);
    this.count(entry, 1);
    this.searches.add(entry);
    this.byId.add(entry);
    for (const { order } of this.orders.values()) order.add(entry);
    return true;
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    const entry = this.entries.get(id);
    if (entry === undefined) return false;
    this.entries.delete(id);
    this.freeSlots.push(entry.slot);
    entry.gone = true;
    this.count(entry, -1);
    this.touch(entry);
    return true;
  }

  /** Takes the state of a heartbeat. @returns its entry where the state, or when it began, is another one now */
  setState(id: string, { state, since, lastEvent, deadline }: EntryState): OverviewEntry | undefined {
    const entry = this.entries.get(id);
    if (entry === undefined) return undefined;
    const moved = entry.state !== state || entry.since !== since;
    if (!moved && entry.lastEvent === lastEvent && entry.deadline === deadline) return undefined;
    this.touch(entry, moved ? STATE_SORTS : TIME_SORTS);
    this.numbers[entry.state] -= 1;
    this.numbers[state] += 1;
    Object.assign(entry, { state, since, lastEvent, deadline });
    return moved ? entry : undefined;
  }

  /** @returns a part of a list; nothing past its end */
  page({ sort, direction, state, search, within, skip, limit }: OverviewQuery): OverviewPage {
    const found = search ? this.searches.find(search, this.entries.values()) : undefined;
    const all = this.order(sort, direction).items();
    if (found === undefined && state === undefined) {
      return { entries: all.slice(skip, skip + limit), total: all.length };
    }
    const entries: OverviewEntry[] = [];
    let total = 0;
    for (const entry of all) {
      if ((state !== undefined && entry.state !== state) || found?.has(entry, within) === false) continue;
      if (total >= skip && entries.length < limit) entries.push(entry);
      total += 1;
    }
    return { entries, total };
  }

  private order(sort: OverviewSort, direction: Direction): SortedOrder {
    if (sort === '_id' && direction === 'asc') return this.byId;
    const name = `${sort} ${direction}`;
    const kept = this.orders.get(name) ?? {
      sort,
      order: new SortedOrder(this.byId.items(), orderOf(sort, direction)),
    };
    this.orders.set(name, kept);
    return kept.order;
  }

  /** @param sorts those that are concerned; absent: all */
  private touch(entry: OverviewEntry, sorts?: ReadonlySet<OverviewSort>): void {
    if (sorts === undefined) this.byId.touch(entry);
    for (const { sort, order } of this.orders.values()) if (sorts?.has(sort) ?? true) order.touch(entry);
  }

  private count({ id, state, partial }: OverviewEntry, by: 1 | -1): void {
    this.numbers[state] += by;
    if (partial && by > 0) this.partials.add(id);
    else this.partials.delete(id);
  }
}
