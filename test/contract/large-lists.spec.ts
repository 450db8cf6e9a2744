import { type TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create, expectAnswer, heartbeat } from '../support/canopsis';
import { V4, v4List } from '../support/canopsis-v4';
import { type Document, type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { RememberingLogger } from '../support/log';

/** More than a database is asked to sort and to search. */
const MANY = 5_050;
const STATES = '/api/v2/heartbeat-state';
const NOW = 1_700_000_000;
const AUTHORS = ['ann', 'Bob', 'Zoë', '😀', 'ﬀ', undefined];
const STATE_NAMES = ['up', 'down', 'waiting', 'paused'] as const;

/** Names that are no two heartbeats', in an order that is nobody's; every seventh has none. */
const nameOf = (n: number): string | undefined =>
  n % 7 === 0 ? undefined : `${['Ping', 'écho', 'É', '🚀', 'z'][n % 5]} ${(n * 7_919) % MANY}`;

const HEARTBEAT = (n: number): Document => ({
  _id: `h${(n * 31) % MANY}`,
  pattern: { connector: `c${n}`, component: `${n % 9 === 0 ? 'needle' : 'hay'} ${n}` },
  expected_interval: `${(n % 50) + 1}m`,
  ...(nameOf(n) !== undefined && { name: nameOf(n) }),
  ...(AUTHORS[n % 6] !== undefined && { author: AUTHORS[n % 6] }),
  ...(n % 11 === 0 && { description: `Needle ${n}` }),
  ...{ created: NOW + (n % 1_000), updated: NOW + ((n * 13) % 1_000) },
});

const STATE = (n: number): Document => ({
  _id: `h${(n * 31) % MANY}`,
  ...{ state: STATE_NAMES[n % 4], since: NOW * 1_000 + (n % 100), unsent: 0 },
  ...{ last_event: n % 3 === 0 ? null : NOW * 1_000 + (n % 500), deadline: n % 4 === 3 ? null : 2e12 + n },
});

type Row = Record<string, unknown> & { _id: string };
interface PageOf {
  data: Row[];
  meta: { page_count: number; total_count: number };
}

describe('lists that are long', () => {
  const all = Array.from({ length: MANY }, (_, n) => HEARTBEAT(n)) as Row[];
  // Some have not been seen by any engine.
  const states = Array.from({ length: MANY - 40 }, (_, n) => STATE(n)) as Row[];
  const logger = new RememberingLogger('', { logLevels: ['debug'] });
  let database: TestDatabase;
  let app: TestApplication;
  let other: TestApplication;

  beforeAll(async () => {
    database = await startTestDatabase();
    await database.heartbeats((collection) => collection.insertMany(all as Document[]));
    await database.collection('heartbeat_state', (collection) => collection.insertMany(states as Document[]));
    const options = { mongodbUri: database.uri, env: { ROLE: 'api' } };
    // All of a process log where the last one that was started does.
    other = await startTestApplication(options);
    app = await startTestApplication({ ...options, logger });
    // A page of states waits until the overview is there, which may take a busy machine longer than a call may last.
    await eventually(() => page(STATES, { page: '1' }), 60_000);
  });
  afterAll(async () => {
    await Promise.all([app.close(), other.close()]);
    await database.close();
  });

  const page = async (path: string, query: Record<string, string>): Promise<PageOf> => {
    const { status, text } = await app.request('GET', `${path}?${new URLSearchParams(query).toString()}`);
    expect(`${status} ${text.slice(0, 200)}`).toMatch(/^200 /);
    return JSON.parse(text) as PageOf;
  };

  /** Whether the first and the last page have what they should, and say how many there are. */
  async function expectPages(
    path: string,
    query: Record<string, string>,
    expected: readonly Row[],
  ): Promise<void> {
    const pages = Math.max(1, Math.ceil(expected.length / 10));
    for (const number of new Set([1, pages])) {
      const { data, meta } = await page(path, { ...query, page: `${number}` });
      const ids = expected.slice(number * 10 - 10, number * 10).map(({ _id }) => _id);
      expect([query, number, meta, data.map(({ _id }) => _id)]).toEqual([
        ...[query, number],
        expect.objectContaining({ page_count: pages, total_count: expected.length }),
        ids,
      ]);
    }
  }

  const FIELDS = ['_id', 'name', 'author', 'expected_interval', 'created', 'updated'] as const;
  const valueOf = (row: Row, field: string): unknown =>
    field === 'expected_interval' ? Number.parseInt(String(row[field]), 10) : row[field];

  it.each(FIELDS)('are sorted by %s', async (field) => {
    for (const sort of ['asc', 'desc'] as const) {
      const expected = sorted(all, (row) => valueOf(row, field), sort);
      await expectPages(HEARTBEATS, { sort_by: field, sort }, expected);
      await expectPages(V4, { sort_by: field, sort }, expected);
    }
    // It would be the same without, but not with more heartbeats, or on another database.
    expect(logger.lines.join('\n')).toMatch(/the overview of 5050 heartbeats is there/);
  });

  it.each(['NEEDLE', 'É', '🚀', 'ann', 'h12', 'c77', 'nobody has this', '.*', 'a\0b'])(
    'are searched for %j',
    async (search) => {
      const has = (text: unknown): boolean =>
        typeof text === 'string' && text.toLowerCase().includes(search.toLowerCase());
      const inTexts = ({ name, author, description }: Row): boolean => [name, author, description].some(has);
      const inAny = (row: Row): boolean =>
        inTexts(row) || has(row._id) || Object.values(row.pattern as object).some(has);
      const byName = (rows: Row[]): Row[] => sorted(rows, ({ name }) => name, 'asc');
      const query = { search, sort_by: 'name', sort: 'asc' };
      await expectPages(HEARTBEATS, query, byName(all.filter(inAny)));
      await expectPages(V4, query, byName(all.filter(inTexts)));
    },
  );

  it('are the heartbeats as they are stored', async () => {
    const { data } = await page(HEARTBEATS, { limit: '1000', page: '3', sort_by: 'updated' });
    expect(data).toHaveLength(1_000);
    for (const row of data) {
      const { _id } = row;
      const { status, json } = await app.request('GET', `${HEARTBEATS}/${_id}`);
      expect([status, json]).toEqual([200, row]);
      if (_id.endsWith('9')) break;
    }
  });

  it.each(['_id', 'state', 'since', 'last_event', 'deadline'] as const)(
    'of states are sorted by %s',
    async (field) => {
      const seen = new Map(states.map((state) => [state._id, state]));
      const rows = all.map(
        ({ _id, created, expected_interval }): Row =>
          seen.get(_id) ?? {
            ...{ _id, state: 'waiting', since: Number(created) * 1_000, last_event: null },
            deadline: (Number(created) + Number.parseInt(String(expected_interval), 10) * 60) * 1_000,
          },
      );
      for (const sort of ['asc', 'desc'] as const) {
        for (const state of [undefined, ...STATE_NAMES]) {
          const expected = sorted(
            rows.filter((row) => state === undefined || row.state === state),
            (row) => row[field],
            sort,
          );
          await expectPages(STATES, { sort_by: field, sort, ...(state && { state }) }, expected);
        }
        const found = sorted(
          rows.filter(({ _id }) => _id.includes('12')),
          (row) => row[field],
          sort,
        );
        await expectPages(STATES, { sort_by: field, sort, search: '12' }, found);
      }
    },
  );

  it('have what was just stored, changed or removed, by this process or another', async () => {
    for (const [writer, name] of [
      [app, 'mine'],
      [other, 'yours'],
    ] as const) {
      const totals = async (search: string): Promise<number[]> => [
        (await page(HEARTBEATS, { search })).meta.total_count,
        (await v4List(app, `search=${search}`)).meta.total_count,
      ];
      const id = await create(writer, heartbeat({ name: `new of ${name}` }));
      expect(await totals(`of ${name}`)).toEqual([1, 1]);
      const json = heartbeat({ name: `changed by ${name}` });
      expect(await writer.request('PUT', `${HEARTBEATS}/${id}`, { json })).toMatchObject({ status: 200 });
      expect([await totals(`of ${name}`), await totals(`by ${name}`)]).toEqual([
        [0, 0],
        [1, 1],
      ]);
      expect(await writer.request('DELETE', `${HEARTBEATS}/${id}`)).toMatchObject({ status: 200 });
      expect((await page(HEARTBEATS, { search: `by ${name}` })).data).toEqual([]);
    }
  });

  it('end where they end', async () => {
    const past = await app.request('GET', `${HEARTBEATS}?page=999999999999999&limit=1000`);
    expectAnswer(past, [
      200,
      { data: [], meta: { page: 999999999999999, per_page: 1_000, page_count: 6, total_count: MANY } },
    ]);
    const { status } = await app.request('GET', `${V4}?page=507&limit=10`);
    expect(status).toBe(400);
  });

  it('are left to the database where a heartbeat has more than is kept in memory', async () => {
    const description = `${'x'.repeat(5_000)} far behind`;
    const id = await create(app, heartbeat({ description }));
    expect((await page(HEARTBEATS, { search: 'FAR behind' })).data).toMatchObject([{ _id: id }]);
    await app.request('DELETE', `${HEARTBEATS}/${id}`);
  });
});

/** By code point, what is absent first, equal ones by id upwards. */
function sorted(rows: readonly Row[], valueOf: (row: Row) => unknown, sort: 'asc' | 'desc'): Row[] {
  const sign = sort === 'asc' ? 1 : -1;
  const compare = (a: unknown, b: unknown): number => {
    if (a === b) return 0;
    if (a === undefined || a === null) return -1;
    if (b === undefined || b === null) return 1;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
  };
  return [...rows].sort((a, b) => sign * compare(valueOf(a), valueOf(b)) || compare(a._id, b._id));
}
