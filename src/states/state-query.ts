import { Injectable, PipeTransform } from '@nestjs/common';
import { invalidQueryParameter } from '../canopsis/canopsis-error';
import { ListQueryPipe } from '../heartbeat/dto/list-query.pipe';
import { STATES, type StateName } from './heartbeat-state';

/** What the list of states can be sorted by. */
export const SORT_FIELDS = ['_id', 'state', 'since', 'last_event', 'deadline'] as const;

/** One page of the list of states. */
export interface StatePageQuery {
  readonly page: number;
  readonly limit: number;
  /** Case-insensitive substring of the id; empty for all. */
  readonly search: string;
  readonly sort: 'asc' | 'desc';
  readonly sort_by: (typeof SORT_FIELDS)[number];
}

/** Which states are asked for, and as which page; without a page, as a bare array. */
export interface StateQuery {
  readonly state?: StateName;
  readonly paging?: StatePageQuery;
}

/**
 * Reads the query of the list of states: that of the list of heartbeats (API contract, "Paging") but for `sort_by`, whose
 * default is `since`, and `state`, which alone does not ask for a page.
 * @throws CanopsisError 400 `invalid query parameter: <name>.`
 */
@Injectable()
export class StateQueryPipe implements PipeTransform<Record<string, unknown>, StateQuery> {
  private readonly listQuery = new ListQueryPipe();

  transform({ state, sort_by, ...rest }: Record<string, unknown>): StateQuery {
    const sorting = oneOf(SORT_FIELDS, 'sort_by', sort_by);
    // The fields differ from those of a heartbeat, so the other pipe learns only that there is one.
    const paging = this.listQuery.transform({ ...rest, ...(sorting && { sort_by: '_id' }) });
    return {
      state: oneOf(STATES, 'state', state),
      ...(paging && { paging: { ...paging, sort_by: sorting ?? 'since' } }),
    };
  }
}

/** @throws CanopsisError 400 where the value is none of the words */
export function oneOf<T extends string>(words: readonly T[], name: string, value: unknown): T | undefined {
  if (value === undefined) return undefined;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw invalidQueryParameter(name);
  return word;
}
