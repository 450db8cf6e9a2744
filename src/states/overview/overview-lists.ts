import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type CutPart, LargeLists, type ListCutter, type ListPart } from '../../heartbeat/large-lists';
import type { StateName } from '../heartbeat-state';
import type { StatePageQuery } from '../state-query';
import type { OverviewQuery } from './overview';
import type { OverviewSort } from './overview-order';
import { OverviewTimes } from './overview-times';
import { OverviewWatch } from './overview-watch';

/** In the list of states what is absent comes before all else, and states are words. */
const STATE_LIST_SORTS: Readonly<Record<StatePageQuery['sort_by'], OverviewSort>> = {
  _id: '_id',
  state: 'state_name',
  since: 'since',
  last_event: 'last_event_or_none',
  deadline: 'deadline_or_none',
};

/** Cuts the other lists out of the overview, where they are long. */
@Injectable()
export class OverviewLists implements ListCutter, OnModuleInit {
  constructor(
    private readonly watch: OverviewWatch,
    private readonly times: OverviewTimes,
    private readonly lists: LargeLists,
  ) {}

  onModuleInit(): void {
    this.lists.cutBy(this);
  }

  get isReady(): boolean {
    return this.watch.loaded;
  }

  cut({ sort_by, sort, ...part }: ListPart): Promise<CutPart | undefined> {
    return this.page({ ...part, sort: sort_by, direction: sort });
  }

  /**
   * @returns the ids of a page of states, with how many there are; the times of events may be 2 s old. undefined where only the
   * database can answer
   * @throws DatabaseError
   */
  async cutStates(
    { page, limit, search, sort_by, sort }: StatePageQuery,
    state: StateName | undefined,
  ): Promise<CutPart | undefined> {
    if (sort_by === 'last_event' || sort_by === 'deadline') {
      const { size } = await this.watch.ready();
      await this.times.refreshAll(size);
    }
    const part = { state, search, within: 'id', skip: (page - 1) * limit, limit } as const;
    return this.page({ ...part, sort: STATE_LIST_SORTS[sort_by], direction: sort });
  }

  private async page(query: OverviewQuery): Promise<CutPart | undefined> {
    // The overview has NUL between the texts of a heartbeat.
    if (query.search?.includes('\0')) return undefined;
    const overview = await this.watch.ready({ heartbeatsOfOthers: true });
    // What another program wrote may be in an order, and have texts, that only the database knows.
    if (overview.partial.size > 0) return undefined;
    const { entries, total } = overview.page(query);
    return { ids: entries.map(({ id }) => id), total };
  }
}
