import { Injectable } from '@nestjs/common';
import { type Page, pageOf } from '../../canopsis/answers';
import { OverviewCollection } from './overview-collection';
import type { OverviewEntry, OverviewFields } from './overview-entry';
import type { StateNumbers } from './overview';
import { OverviewGaps } from './overview-gaps';
import type { OverviewPageQuery } from './overview-query';
import { OverviewTimes } from './overview-times';
import { OverviewWatch } from './overview-watch';
import { type OverviewRow, overviewRow } from './overview-row';

/** What the overview tells besides a page of rows. */
export interface OverviewMeta {
  /** Of all heartbeats, whatever is asked for. */
  readonly counts: StateNumbers;
  /** Since when silence is no evidence, in unix seconds; null where it is. */
  readonly blind_since: number | null;
  /** From where on a stream of changes goes on, in unix seconds. */
  readonly cursor: number;
}

/** A page of the overview. */
export type OverviewAnswer = Page<OverviewRow> & { readonly meta: OverviewMeta };

/** Answers from the overview in memory. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly watch: OverviewWatch,
    private readonly times: OverviewTimes,
    private readonly collection: OverviewCollection,
    private readonly gaps: OverviewGaps,
  ) {}

  /** @returns a page, sorted and searched as asked; no data past the end */
  async page({ page, limit, search, state, sort_by, sort }: OverviewPageQuery): Promise<OverviewAnswer> {
    const overview = await this.watch.ready();
    if (sort_by === 'last_event' || sort_by === 'deadline') await this.times.refreshAll(overview.size);
    const { cursor, blindSince: blind_since } = this.watch;
    const query = { sort: sort_by, direction: sort, state, search, skip: (page - 1) * limit, limit };
    const { entries, total } = overview.page(query);
    await this.times.refresh(entries);
    const partial = await this.documentsOf(entries.filter((entry) => entry.partial));
    const gaps = await this.gaps.of(entries);
    const data = entries.map((entry, at) => overviewRow(entry, gaps[at] ?? [], partial.get(entry.id)));
    const answer = pageOf(data, page, limit, total);
    const { counts } = overview;
    return { ...answer, meta: { ...answer.meta, counts, blind_since, cursor } };
  }

  private async documentsOf(entries: readonly OverviewEntry[]): Promise<Map<string, OverviewFields>> {
    if (entries.length === 0) return new Map();
    const found = await this.collection.heartbeatsById(entries.map(({ id }) => id));
    return new Map(found.map((heartbeat) => [heartbeat._id, heartbeat]));
  }
}
