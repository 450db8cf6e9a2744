import { Injectable, type PipeTransform } from '@nestjs/common';
import { invalidQueryParameter } from '../../canopsis/canopsis-error';
import { ListQueryPipe } from '../../heartbeat/dto/list-query.pipe';
import { STATES, type StateName } from '../heartbeat-state';
import { oneOf } from '../state-query';
import type { Direction } from './overview-order';

/** What the overview can be sorted by. */
export const OVERVIEW_SORTS = [
  'state',
  'name',
  'expected_interval',
  'last_event',
  'deadline',
  'created',
] as const;

/** One page of the overview. */
export interface OverviewPageQuery {
  readonly page: number;
  readonly limit: number;
  /** Empty: all. */
  readonly search: string;
  readonly state?: StateName;
  readonly sort_by: (typeof OVERVIEW_SORTS)[number];
  readonly sort: Direction;
}

/**
 * Reads the query of the overview: that of a page of heartbeats (API contract, "Paging") but for `state`, and for `sort_by` and
 * `sort`, which are `state` and `asc` where they are absent.
 * @throws CanopsisError 400 `invalid query parameter: <name>.`
 */
@Injectable()
export class OverviewQueryPipe implements PipeTransform<Record<string, unknown>, OverviewPageQuery> {
  private readonly listQuery = new ListQueryPipe();

  transform({ state, sort_by, sort = 'asc', ...rest }: Record<string, unknown>): OverviewPageQuery {
    const paging = this.listQuery.transform({ ...rest, sort });
    // There is a parameter, so there is a page.
    if (paging === undefined) throw invalidQueryParameter('page');
    return {
      ...paging,
      state: oneOf(STATES, 'state', state),
      sort_by: oneOf(OVERVIEW_SORTS, 'sort_by', sort_by) ?? 'state',
    };
  }
}
