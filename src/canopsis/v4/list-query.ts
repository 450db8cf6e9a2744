import { SORT_FIELDS, type SortField } from '../../domain/heartbeat-fields';
import type { V4Generation } from './generation';
import { invalidFields, invalidStructure } from './v4-error';

/** What a list is asked for. */
export interface V4ListQuery {
  readonly page: number;
  readonly limit: number;
  /** false: all on one page. */
  readonly paginate: boolean;
  readonly sort: 'asc' | 'desc';
  readonly sort_by: SortField;
  /** Part of a text, in any case; empty: all. */
  readonly search: string;
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False', ''];

/**
 * Reads the query of a list (contract: API v4, "List"). Of a repeated parameter the first one counts, and unknown ones are ignored.
 * @param maxSearchLength in UTF-16 units
 * @throws V4Error 400
 */
export function readListQuery(
  query: URLSearchParams,
  { texts }: V4Generation,
  maxSearchLength: number,
): V4ListQuery {
  const page = readNumber('page', query.get('page') ?? '1');
  const limit = readNumber('limit', query.get('limit') ?? '10');
  const paginate = readFlag('paginate', query.get('paginate') ?? 'true');
  const search = query.get('search') ?? '';
  if (search.length > maxSearchLength)
    throw invalidStructure(`search must have at most ${maxSearchLength} characters`);
  const sort = query.get('sort') || 'asc';
  const sort_by = query.get('sort_by') || 'created';
  const problems: Record<string, string> = {};
  if (page < 1) problems[''] = 'Page should be greater than 0.';
  if (limit < 1) problems[''] = 'Limit should be greater than 0.';
  if (!isDirection(sort)) problems[''] = texts.sort;
  if (!isSortField(sort_by)) problems.sort_by = texts.sortBy;
  if (Object.keys(problems).length > 0 || !isDirection(sort) || !isSortField(sort_by))
    throw invalidFields(problems);
  return { page, limit, paginate, sort, sort_by, search };
}

/** A whole number with a sign and leading zeros, if it likes; nothing is 0. */
function readNumber(name: string, text: string): number {
  if (text === '') return 0;
  const number = /^[+-]?[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number)) throw invalidStructure(`${name} must be a whole number`);
  return number;
}

function readFlag(name: string, text: string): boolean {
  if (!TRUE.includes(text) && !FALSE.includes(text)) throw invalidStructure(`${name} must be true or false`);
  return TRUE.includes(text);
}

const isDirection = (text: string): text is 'asc' | 'desc' => text === 'asc' || text === 'desc';
const isSortField = (text: string): text is SortField => (SORT_FIELDS as readonly string[]).includes(text);
