import { MATRIX, TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create, expectAnswer, heartbeat, invalidParameter } from '../support/canopsis';

interface PageAnswer {
  data: Record<string, unknown>[];
  meta: { page: number; per_page: number; page_count: number; total_count: number };
}

/** Durations out of order as texts, and two equal ones. */
const INTERVALS = ['90s', '1m', '1h', '2m', '119s', '7200s', '2h', '9s', '10s', '0010s', '11s', '87600h'];

describe.each(MATRIX)('paging on %s in %s', (framework, dialect) => {
  let app: TestApplication;
  let seconds = 1_600_000_000;
  /** In order of creation, two in each second. */
  const ids: string[] = [];
  beforeAll(async () => {
    app = await startTestApplication({ framework, dialect, clock: { now: () => seconds * 1000 } });
    for (const [n, expected_interval] of INTERVALS.entries()) {
      if (n % 2 === 0) seconds += 1;
      const texts = n === 5 ? {} : { name: `name ${(n * 7) % 12}`, author: n < 6 ? 'one' : 'two' };
      ids.push(await create(app, heartbeat({ expected_interval, ...texts })));
    }
    seconds += 100;
    const [first] = (await page('limit=1&sort=asc')).data;
    const { pattern, expected_interval } = first as Record<'pattern' | 'expected_interval', never>;
    const json = { pattern, expected_interval, name: 'name 0', author: 'one' };
    await app.request('PUT', `${HEARTBEATS}/${first?._id as string}`, { json });
  });
  afterAll(() => app.close());

  const page = async (query: string): Promise<PageAnswer> => {
    const answer = await app.request('GET', `${HEARTBEATS}?${query}`);
    expect(answer.status).toBe(200);
    return answer.json as PageAnswer;
  };
  const idsOf = async (query: string): Promise<unknown[]> => (await page(query)).data.map(({ _id }) => _id);
  const byId = (some: string[]): string[] => [...some].sort();
  /** The ids, second by second, in one second by id. */
  const bySecond = (): string[][] => [0, 2, 4, 6, 8, 10].map((n) => byId(ids.slice(n, n + 2)));

  it('is a bare array without a paging parameter, unknown parameters or not', async () => {
    const bare = await app.request('GET', HEARTBEATS);
    expect(bare.json).toHaveLength(12);
    const unknown = await app.request('GET', `${HEARTBEATS}?foo=1&Page=2&page[]=3&constructor=4&__proto__=5`);
    expectAnswer(unknown, [200, bare.json]);
  });

  it.each([
    ['page=1', { page: 1, per_page: 10, page_count: 2, total_count: 12 }, 10],
    ['page=2', { page: 2, per_page: 10, page_count: 2, total_count: 12 }, 2],
    ['limit=5', { page: 1, per_page: 5, page_count: 3, total_count: 12 }, 5],
    ['limit=12', { page: 1, per_page: 12, page_count: 1, total_count: 12 }, 12],
    ['limit=11', { page: 1, per_page: 11, page_count: 2, total_count: 12 }, 11],
    ['limit=1000', { page: 1, per_page: 1000, page_count: 1, total_count: 12 }, 12],
    ['limit=5&page=3', { page: 3, per_page: 5, page_count: 3, total_count: 12 }, 2],
    ['limit=5&page=4', { page: 4, per_page: 5, page_count: 3, total_count: 12 }, 0],
    [
      'page=999999999999999&limit=1000',
      { page: 999999999999999, per_page: 1000, page_count: 1, total_count: 12 },
      0,
    ],
    ['search=', { page: 1, per_page: 10, page_count: 2, total_count: 12 }, 10],
    ['search=nowhere', { page: 1, per_page: 10, page_count: 1, total_count: 0 }, 0],
    ['sort=asc', { page: 1, per_page: 10, page_count: 2, total_count: 12 }, 10],
    ['sort_by=_id', { page: 1, per_page: 10, page_count: 2, total_count: 12 }, 10],
    ['page=001&limit=007', { page: 1, per_page: 7, page_count: 2, total_count: 12 }, 7],
    ['page=1&foo=bar', { page: 1, per_page: 10, page_count: 2, total_count: 12 }, 10],
  ])('answers ?%s', async (query, meta, length) => {
    const answer = await app.request('GET', `${HEARTBEATS}?${query}`);
    expectAnswer(answer, [200, { data: expect.any(Array) as unknown, meta }]);
    expect((answer.json as PageAnswer).data).toHaveLength(length);
  });

  it('shows the documents of the bare list', async () => {
    const bare = (await app.request('GET', HEARTBEATS)).json as { _id: string }[];
    const { data } = await page('limit=1000&sort_by=_id&sort=asc');
    expect(data).toStrictEqual(bare.sort((a, b) => (a._id < b._id ? -1 : 1)));
  });

  it('is complete and without repetition page by page', async () => {
    const pages = await Promise.all([1, 2, 3, 4, 5].map((n) => idsOf(`limit=3&page=${n}&sort_by=author`)));
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 3, 3, 0]);
    expect(pages.flat().sort()).toEqual(byId(ids));
  });

  it('sorts by creation, the newest first, and equal ones by id', async () => {
    const newestFirst = [...bySecond()].reverse().flat();
    expect(await idsOf('limit=20')).toEqual(newestFirst);
    expect(await idsOf('limit=20&sort_by=created&sort=desc')).toEqual(newestFirst);
    expect(await idsOf('limit=20&sort=asc')).toEqual(bySecond().flat());
  });

  it('sorts by the last change', async () => {
    const [changed] = bySecond().flat();
    const others = bySecond()
      .flat()
      .filter((id) => id !== changed);
    expect(await idsOf('limit=20&sort_by=updated&sort=asc')).toEqual([...others, changed]);
    expect((await idsOf('limit=20&sort_by=updated'))[0]).toBe(changed);
  });

  it('sorts by id', async () => {
    expect(await idsOf('limit=20&sort_by=_id&sort=asc')).toEqual(byId(ids));
    expect(await idsOf('limit=20&sort_by=_id')).toEqual(byId(ids).reverse());
  });

  it('sorts by duration, not by text', async () => {
    const at = (...texts: string[]): string[] =>
      byId(texts.map((text) => ids[INTERVALS.indexOf(text)] ?? ''));
    const shortestFirst = [
      ...at('9s'),
      ...at('10s', '0010s'),
      ...['11s', '1m', '90s', '119s', '2m', '1h'].flatMap((text) => at(text)),
      ...at('2h', '7200s'),
      ...at('87600h'),
    ];
    expect(await idsOf('limit=20&sort_by=expected_interval&sort=asc')).toEqual(shortestFirst);
    expect((await idsOf('limit=1&sort_by=expected_interval'))[0]).toBe(ids[11]);
  });

  it('sorts by author and by name, absent ones lowest, equal ones by id', async () => {
    const [none, ones, twos] = [
      [ids[5] ?? ''],
      byId(ids.filter((_, n) => n < 5)),
      byId(ids.filter((_, n) => n > 5)),
    ];
    expect(await idsOf('limit=20&sort_by=author&sort=asc')).toEqual([...none, ...ones, ...twos]);
    expect(await idsOf('limit=20&sort_by=author&sort=desc')).toEqual([...twos, ...ones, ...none]);
    expect((await idsOf('limit=20&sort_by=name&sort=asc'))[0]).toBe(ids[5]);
  });

  it.each([
    [
      'page',
      ['', '0', '-1', '1.0', '1.5', '1e3', '0x10', '%2B1', '%201', '1%20', 'one', '١', 'NaN', 'Infinity'],
    ],
    ['page', ['9999999999999999999999', 'null', 'true', '1,2', '%00', '%FF']],
    ['limit', ['', '0', '-1', '1001', '1.5', '1e2', 'ten', '9999999999999999999999', '%F0%9F%98%80']],
    ['sort', ['', 'ASC', 'Desc', '1', '-1', 'asc%20', 'ascending', 'constructor']],
    [
      'sort_by',
      ['', 'ID', 'id', 'Name', 'output', 'pattern', 'pattern_key', 'inserted', 'interval_seconds', '$where'],
    ],
    ['search', ['a'.repeat(2001)]],
    ['sort_by', ['description', '__proto__', 'constructor', 'name.first']],
  ])('refuses %s as one of %j', async (name, values) => {
    for (const value of values) {
      expectAnswer(await app.request('GET', `${HEARTBEATS}?${name}=${value}`), invalidParameter(name));
    }
  });

  it.each([
    'page=1&page=2',
    'limit=1&limit=1',
    'sort=asc&sort=asc',
    'sort_by=_id&sort_by=_id',
    'search=a&search=b',
  ])('refuses a parameter given twice: ?%s', async (query) => {
    const [name = ''] = query.split('=');
    expectAnswer(await app.request('GET', `${HEARTBEATS}?${query}`), invalidParameter(name));
  });

  it('refuses a parameter without a value', async () => {
    expectAnswer(await app.request('GET', `${HEARTBEATS}?page`), invalidParameter('page'));
  });
});
