import { Injectable } from '@nestjs/common';
import { HeartbeatCollection } from './heartbeat-collection';
import type { SortField } from '../domain/heartbeat-fields';
import type { StoredHeartbeat } from './heartbeat.schema';

/**
 * From so many heartbeats on, parts of lists are cut in memory, where somebody keeps all of them there: a database without an
 * index for each order, and none for parts of texts, looks at every heartbeat for each page.
 */
const LARGE = 5_000;
/** So far a database walks along an index without taking long. */
const MOST_SKIPPED = 10_000;
/** They are counted so often at most, in milliseconds: with a few more or less either way answers. */
const COUNT_EVERY_MS = 1_000;

/** In which texts is searched: name, description and author; the id as well; the values of the pattern as well. */
export type SearchScope = 'texts' | 'texts and id' | 'all';

/** A part of a list of heartbeats: texts sort by code point, absent ones first, equal ones by id upwards. */
export interface ListPart {
  readonly sort_by: SortField;
  readonly sort: 'asc' | 'desc';
  /** Part of a text, in any case; empty: all. */
  readonly search: string;
  readonly within: SearchScope;
  readonly skip: number;
  readonly limit: number;
}

/** The ids of a part, in its order, and how many there are in the whole list. */
export interface CutPart {
  readonly ids: readonly string[];
  readonly total: number;
}

/** Somebody who has all heartbeats in memory, as they were stored before the call. */
export interface ListCutter {
  /** Whether it has them all; where not, `cut` waits until it has, for which it may take longer than a client waits. */
  readonly isReady: boolean;
  /** @returns undefined where only the database can answer. @throws DatabaseError */
  cut(part: ListPart): Promise<CutPart | undefined>;
}

/** Parts of lists that are too long for the database to sort or search. */
@Injectable()
export class LargeLists {
  private cutter: ListCutter | undefined;
  private large = false;
  private countAfter = Number.NEGATIVE_INFINITY;

  constructor(private readonly collection: HeartbeatCollection) {}

  /** From now on this one is asked. */
  cutBy(cutter: ListCutter): void {
    this.cutter = cutter;
  }

  /** Whether there are so many heartbeats that the database should not sort or search them. @throws DatabaseError */
  async areLarge(): Promise<boolean> {
    if (performance.now() >= this.countAfter) {
      this.large = (await this.collection.countAll()) >= LARGE;
      this.countAfter = performance.now() + COUNT_EVERY_MS;
    }
    return this.large;
  }

  /**
   * @returns the heartbeats of the part as they are stored now, and how many the whole list has; undefined where the database
   * has to be asked for it, since there are few, or nobody has them in memory, or not yet, and the database finds it by an index
   * @throws DatabaseError
   */
  async read(part: ListPart): Promise<{ heartbeats: StoredHeartbeat[]; total: number } | undefined> {
    if (this.cutter === undefined || !(await this.areLarge())) return undefined;
    if (!this.cutter.isReady && isFoundByIndex(part)) return undefined;
    const cut = await this.cutter.cut(part);
    if (cut === undefined) return undefined;
    const found = await this.collection.readByIds(cut.ids);
    return { heartbeats: inOrderOf(cut.ids, found), total: cut.total };
  }
}

/** Whether `HEARTBEAT_INDEXES` has one in this very order: then the database need not sort. */
const isFoundByIndex = ({ search, sort_by, sort, skip }: ListPart): boolean =>
  search === '' && (sort_by === '_id' || (sort_by === 'created' && sort === 'desc')) && skip <= MOST_SKIPPED;

/** @returns those of the ids, in their order; none for an id that has none */
export function inOrderOf<T extends { readonly _id: string }>(
  ids: readonly string[],
  found: readonly T[],
): T[] {
  const byId = new Map(found.map((one) => [one._id, one]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
