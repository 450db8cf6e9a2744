import { CANOPSIS_4_2, CANOPSIS_4_3 } from './generation';
import { readListQuery } from './list-query';
import { V4Error } from './v4-error';

const DEFAULT = { page: 1, limit: 10, paginate: true, sort: 'asc', sort_by: 'created', search: '' };
const STRUCTURE = { error: 'request has invalid structure' };
const PAGE = 'Page should be greater than 0.';
const LIMIT = 'Limit should be greater than 0.';
const SORT = 'sort must be one of [asc desc]';
const SORT_BY = 'SortBy must be one of [_id name author expected_interval created updated]';

function read(query: string, generation = CANOPSIS_4_2): unknown {
  try {
    return readListQuery(new URLSearchParams(query), generation, 2_000);
  } catch (error) {
    expect(error).toBeInstanceOf(V4Error);
    return (error as V4Error).body;
  }
}

describe('the query of a list of version 4', () => {
  it.each<[string, object]>([
    ['', {}],
    ['page=2&limit=5', { page: 2, limit: 5 }],
    ['page=%2B007&limit=9007199254740991', { page: 7, limit: 9007199254740991 }],
    ['page=2&page=x', { page: 2 }],
    ['Page=0&other=1&PAGE=x', {}],
    ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((flag) => [`paginate=${flag}`, {}] as [string, object]),
    ...['0', 'f', 'F', 'false', 'FALSE', 'False', ''].map(
      (flag) => [`paginate=${flag}`, { paginate: false }] as [string, object],
    ),
    ['sort=desc&sort_by=name', { sort: 'desc', sort_by: 'name' }],
    ['sort=&sort_by=', {}],
    ['search=%5B(a+b', { search: '[(a b' }],
    [`search=${'x'.repeat(2_000)}`, { search: 'x'.repeat(2_000) }],
  ])('%j is taken', (query, expected) => expect(read(query)).toEqual({ ...DEFAULT, ...expected }));

  it.each([
    'page=x',
    'page=1.0',
    'page=1e3',
    'page=+1',
    'page=0x1',
    'page=9007199254740992',
    'page=-9007199254740992',
    'limit=ten',
    'limit=١',
    'paginate=yes',
    'paginate=tRUE',
    'page=x&sort=up',
    `search=${'x'.repeat(2_001)}`,
  ])('%j has another structure', (query) => expect(read(query)).toEqual(STRUCTURE));

  it.each([
    ['page=0', { '': PAGE }],
    ['page=-1', { '': PAGE }],
    ['page=', { '': PAGE }],
    ['page', { '': PAGE }],
    ['limit=0', { '': LIMIT }],
    ['limit=', { '': LIMIT }],
    ['limit=-00', { '': LIMIT }],
    ['page=0&limit=0', { '': LIMIT }],
    ['sort=up&page=0', { '': SORT }],
    ['sort=ASC', { '': SORT }],
    ['sort_by=output', { sort_by: SORT_BY }],
    ['sort_by=output&page=0', { '': PAGE, sort_by: SORT_BY }],
    ['sort_by=toString&sort=x', { '': SORT, sort_by: SORT_BY }],
  ])('%j is refused', (query, errors) => expect(read(query)).toEqual({ errors }));

  it('is refused in other words by 4.3', () => {
    expect(read('sort=up&sort_by=x', CANOPSIS_4_3)).toEqual({
      errors: { '': `${SORT}.`, sort_by: `${SORT_BY} or empty.` },
    });
  });
});
