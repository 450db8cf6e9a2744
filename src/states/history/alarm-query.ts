import { Injectable, type PipeTransform } from '@nestjs/common';
import { ListQueryPipe } from '../../heartbeat/dto/list-query.pipe';
import { oneOf } from '../state-query';

/** What an alarm can be. */
export const ALARM_STATES = ['open', 'resolved'] as const;

/** One page of the list of alarms. */
export interface AlarmQuery {
  readonly page: number;
  readonly limit: number;
  /** Absent: all. */
  readonly state?: (typeof ALARM_STATES)[number];
}

/**
 * Reads the query of the list of alarms: `page` and `limit` as everywhere (API contract, "Paging"), and `state`.
 * @throws CanopsisError 400 `invalid query parameter: <name>.`
 */
@Injectable()
export class AlarmQueryPipe implements PipeTransform<Record<string, unknown>, AlarmQuery> {
  private readonly listQuery = new ListQueryPipe();

  transform({ page, limit, state }: Record<string, unknown>): AlarmQuery {
    const paging = this.listQuery.transform({ page, limit });
    return {
      page: paging?.page ?? 1,
      limit: paging?.limit ?? 10,
      state: oneOf(ALARM_STATES, 'state', state),
    };
  }
}
