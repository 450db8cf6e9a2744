import { Injectable, PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { invalidQueryParameter } from '../../canopsis/canopsis-error';
import { validateSync } from '../../util/class-validator';
import { ListQueryDto } from './list-query.dto';

const PAGING_PARAMETERS = ['page', 'limit', 'search', 'sort', 'sort_by'] as const;

/**
 * Reads the query of a list: undefined where no paging parameter is present, which asks for the bare array.
 * Parameters that are not known are ignored.
 * @throws CanopsisError 400 `invalid query parameter: <name>.`
 */
@Injectable()
export class ListQueryPipe implements PipeTransform<Record<string, unknown>, ListQueryDto | undefined> {
  transform(query: Record<string, unknown>): ListQueryDto | undefined {
    const present = PAGING_PARAMETERS.filter((name) => query[name] !== undefined);
    if (present.length === 0) return undefined;
    return validListQuery(Object.fromEntries(present.map((name) => [name, query[name]])));
  }
}

/** Those that have been looked at: a query comes through a pipe, and then to the service. */
const valid = new WeakSet<object>();

/**
 * Completes a query with its defaults.
 * @throws CanopsisError 400 `invalid query parameter: <name>.`
 */
export function validListQuery(query: Partial<Record<keyof ListQueryDto, unknown>>): ListQueryDto {
  if (valid.has(query)) return query as ListQueryDto;
  const present = PAGING_PARAMETERS.filter((name) => query[name] !== undefined);
  const paging = plainToInstance(
    ListQueryDto,
    Object.fromEntries(present.map((name) => [name, query[name]])),
  );
  const [problem] = validateSync(paging);
  if (problem) throw invalidQueryParameter(problem.property);
  valid.add(paging);
  return paging;
}
