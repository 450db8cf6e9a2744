import mongoose from 'mongoose';
import { type TestApplication, startTestApplication } from '../support/application';
import {
  ERRORS,
  HEARTBEATS,
  create,
  expectAnswer,
  heartbeat,
  invalidParameter,
  notFound,
  removeAll,
} from '../support/canopsis';
import { type TestDatabase, startTestDatabase } from '../support/database';

const STATES = '/api/v2/heartbeat-state';
const NOW = 1_700_000_000_123;

/** A document as an engine stores it. */
type StoredDocument = { _id: string } & Record<string, unknown>;

describe.each(['fastify', 'express'] as const)('the states of heartbeats on %s', (framework) => {
  let database: TestDatabase;
  let stored: mongoose.Connection;
  let app: TestApplication;
  let now: number;

  beforeAll(async () => {
    database = await startTestDatabase();
    stored = await mongoose.createConnection(database.uri).asPromise();
    const clock = { now: () => now, monotonic: () => performance.now() };
    // No engine in this process: the tests say what engines have stored.
    app = await startTestApplication({ framework, mongodbUri: database.uri, clock, env: { ROLE: 'api' } });
  });
  afterAll(async () => {
    await app.close();
    await stored.close();
    await database.close();
  });
  beforeEach(() => {
    now = NOW;
  });
  afterEach(async () => {
    await removeAll(app);
    await stored.collection('heartbeat_state').deleteMany({});
    await stored.collection('heartbeat_engine').deleteMany({});
  });

  /** A heartbeat as the API creates it, with this state as an engine stores it. */
  async function withState(state: Record<string, unknown>): Promise<string> {
    const id = await create(app, heartbeat());
    await store(id, state);
    return id;
  }

  const store = (_id: string, state: Record<string, unknown>): Promise<unknown> =>
    stored
      .collection<StoredDocument>('heartbeat_state')
      .insertOne({ _id, since: NOW, last_event: null, deadline: NOW + 10_000, unsent: 0, ...state });

  const heard = (heard_at: number): Promise<unknown> =>
    stored
      .collection<StoredDocument>('heartbeat_engine')
      .insertOne({ _id: 'hearing', heard_at, again_at: 0, blind: [] });

  const states = async (query = ''): Promise<Record<string, unknown>[]> => {
    const { status, json } = await app.request('GET', STATES + query);
    expect(status).toBe(200);
    return json as Record<string, unknown>[];
  };
  const ids = async (query = ''): Promise<unknown[]> => (await states(query)).map(({ _id }) => _id);
  const pageIds = async (query: string): Promise<unknown[]> => {
    const { json } = await app.request('GET', STATES + query);
    return (json as { data: Record<string, unknown>[] }).data.map(({ _id }) => _id);
  };

  it('are answered in seconds with milliseconds, and with nothing that engines keep for themselves', async () => {
    await heard(NOW);
    const id = await withState({
      state: 'up',
      since: 1_600_000_000_001,
      last_event: 1_699_999_999_999,
      deadline: 1_700_000_009_500,
      outbox: [{ id: '1', key: 'k', body: '{}' }],
      lease: 'a',
    });
    const { text, ...answer } = await app.request('GET', `${HEARTBEATS}/${id}/state`);
    const shown = `{"_id":"${id}","state":"up","since":1600000000.001,"last_event":1699999999.999,"deadline":1700000009.5,"blind":false}`;
    expect(text).toBe(shown);
    expectAnswer(answer, [200, JSON.parse(shown)]);
    expectAnswer(await app.request('GET', STATES), [200, [JSON.parse(shown)]]);
    expect((await app.request('GET', `${HEARTBEATS}/${id}/state/`)).text).toBe(shown);
    expect((await app.request('GET', `${STATES}/`)).text).toBe(`[${shown}]`);
  });

  it('are waiting since the creation where no engine has seen the heartbeat yet', async () => {
    const id = await create(app, heartbeat({ expected_interval: '15m' }));
    const waiting = {
      _id: id,
      state: 'waiting',
      since: 1_700_000_000,
      last_event: null,
      deadline: 1_700_000_900,
      blind: true,
    };
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}/state`), [200, waiting]);
    expectAnswer(await app.request('GET', STATES), [200, [waiting]]);
    expectAnswer(await app.request('GET', `${STATES}?page=1`), [
      200,
      { data: [waiting], meta: { page: 1, per_page: 10, page_count: 1, total_count: 1 } },
    ]);
    expect(await ids('?state=waiting')).toEqual([id]);
    for (const other of ['up', 'down', 'invalid']) expect(await ids(`?state=${other}`)).toEqual([]);
  });

  it.each([
    { expected_interval: 's' },
    { expected_interval: '10s\n' },
    { pattern: { a: 1 } },
    { pattern: {} },
  ])(
    'are invalid where no engine has seen the heartbeat, and its rule cannot be watched: %j',
    async (fields) => {
      const document = {
        _id: 'old',
        pattern: { a: 'b' },
        expected_interval: '10s',
        created: 1_600_000_000,
        ...fields,
      };
      await database.heartbeats((heartbeats) => heartbeats.insertOne(document));
      const invalid = {
        _id: 'old',
        state: 'invalid',
        since: 1_600_000_000,
        last_event: null,
        deadline: null,
        blind: true,
        reason: 'pattern' in fields ? 'the pattern is invalid' : 'the interval is invalid',
      };
      expectAnswer(await app.request('GET', `${HEARTBEATS}/old/state`), [200, invalid]);
      expect(await states('?state=invalid')).toEqual([invalid]);
      expect(await states('?state=waiting')).toEqual([]);
    },
  );

  it('are those of heartbeats alone: an id that none has is not found', async () => {
    await store('gone', { state: 'down' });
    expectAnswer(await app.request('GET', `${HEARTBEATS}/gone/state`), notFound('gone'));
    expectAnswer(await app.request('GET', `${HEARTBEATS}/a%2Fb/state`), notFound('a/b'));
  });

  it('are not shown once the heartbeat is removed, while its alarm is still being resolved', async () => {
    await store('gone', { state: 'down', removed: true });
    const left = await withState({ state: 'down' });
    expectAnswer(await app.request('GET', `${HEARTBEATS}/gone/state`), notFound('gone'));
    expect(await ids()).toEqual([left]);
    expect(await ids('?state=down')).toEqual([left]);
    expect((await app.request('GET', `${STATES}?limit=5`)).json).toHaveProperty('meta.total_count', 1);
  });

  it.each([
    ['no engine ever heard anything', undefined, true],
    ['an engine heard 5 s ago', NOW - 5_000, false],
    ['an engine heard over 5 s ago', NOW - 5_001, true],
    ['an engine whose clock is ahead heard', NOW + 3_600_000, false],
  ])('where %s say of blindness: %s → %s', async (_, heardAt, blind) => {
    if (heardAt !== undefined) await heard(heardAt);
    const id = await withState({ state: 'up' });
    expect((await app.request('GET', `${HEARTBEATS}/${id}/state`)).json).toMatchObject({ blind });
    expect(await states()).toMatchObject([{ blind }]);
  });

  it('are listed with the last change first', async () => {
    const middle = await withState({ state: 'up', since: NOW - 1 });
    const oldest = await withState({ state: 'down', since: NOW - 2 });
    const newest = await withState({ state: 'invalid', since: NOW, deadline: null });
    expect(await ids()).toEqual([newest, middle, oldest]);
    expect(await ids('?state=down')).toEqual([oldest]);
    expect(await pageIds('?page=1')).toEqual([newest, middle, oldest]);
  });

  describe.each([
    ['that engines have seen', true],
    ['of which engines have not seen one', false],
  ])('in pages, %s', (_, seen) => {
    let one: string, two: string, three: string;

    beforeEach(async () => {
      const [a, b, c] = ['hb-a', 'hb-B', 'hb-c'];
      [one, two, three] = [a, b, c];
      const rows: [string, Record<string, unknown>][] = [
        [a, { state: 'down', since: 1_600_000_003_000, last_event: 5, deadline: 9 }],
        [b, { state: 'up', since: 1_600_000_002_000, last_event: 7, deadline: 8 }],
        [c, { state: 'waiting', since: 1_600_000_001_000, last_event: null, deadline: 1_600_000_011_000 }],
      ];
      await database.heartbeats((heartbeats) =>
        heartbeats.insertMany(
          rows.map(([_id], i) => ({
            _id,
            pattern: { a: _id },
            expected_interval: '10s',
            created: 1_600_000_003 - i,
          })),
        ),
      );
      for (const [id, state] of seen ? rows : rows.slice(0, 2)) await store(id, state);
    });

    it('are cut to the page', async () => {
      const first = (await app.request('GET', `${STATES}?limit=2`)).json;
      expect(first).toMatchObject({
        data: [{ _id: one }, { _id: two }],
        meta: { page: 1, per_page: 2, page_count: 2, total_count: 3 },
      });
      expect(await pageIds('?limit=2&page=2')).toEqual([three]);
      expect((await app.request('GET', `${STATES}?limit=2&page=3`)).json).toStrictEqual({
        data: [],
        meta: { page: 3, per_page: 2, page_count: 2, total_count: 3 },
      });
    });

    it.each([
      ['_id', ['hb-B', 'hb-a', 'hb-c']],
      ['state', ['hb-a', 'hb-B', 'hb-c']],
      ['since', ['hb-c', 'hb-B', 'hb-a']],
      ['last_event', ['hb-c', 'hb-a', 'hb-B']],
      ['deadline', ['hb-B', 'hb-a', 'hb-c']],
    ])('are sorted by %s', async (field, ascending) => {
      expect(await pageIds(`?sort_by=${field}&sort=asc`)).toEqual(ascending);
      expect(await pageIds(`?sort_by=${field}`)).toEqual([...ascending].reverse());
    });

    it('are searched by id, upper and lower case alike, never as a pattern', async () => {
      expect(await pageIds('?search=B-b')).toEqual([two]);
      expect(await pageIds('?search=-&state=waiting')).toEqual([three]);
      expect(await pageIds('?search=.')).toEqual([]);
      expect((await app.request('GET', `${STATES}?search=hb-C`)).json).toHaveProperty('meta.total_count', 1);
    });

    it('are filtered by state, and counted so', async () => {
      for (const [state, id] of [
        ['down', one],
        ['up', two],
        ['waiting', three],
      ]) {
        expect((await app.request('GET', `${STATES}?page=1&state=${state}`)).json).toMatchObject({
          data: [{ _id: id, state }],
          meta: { total_count: 1 },
        });
      }
    });
  });

  it.each([
    ['state', 'state=dead'],
    ['state', 'state='],
    ['state', 'state=up&state=down'],
    ['sort_by', 'sort_by=name'],
    ['sort_by', 'sort_by=created'],
    ['sort_by', 'sort_by=toString'],
    ['page', 'page=0'],
    ['limit', 'limit=1001'],
    ['sort', 'sort=up'],
  ])('refuse to be listed with the %s of %j', async (name, query) => {
    expectAnswer(await app.request('GET', `${STATES}?${query}`), invalidParameter(name));
  });

  it.each(['/api/v2/heartbeat/any/state', STATES])(
    'are for those with credentials alone: %s',
    async (path) => {
      expectAnswer(await app.request('GET', path, { auth: null }), ERRORS.unauthenticated);
      expectAnswer(await app.request('GET', path, { auth: 'root:wrong' }), ERRORS.unauthenticated);
    },
  );

  it.each(['/api/v2/heartbeat/any/state', STATES])('are read only: %s', async (path) => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await app.request(method, path, { json: method === 'DELETE' ? undefined : {} });
      expectAnswer(answer, ERRORS.otherMethod);
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
  });
});

describe('without a database, the states of heartbeats', () => {
  it('are the database error of a GET', async () => {
    // A port that nothing listens on: the discard service's.
    const app = await startTestApplication({ mongodbUri: 'mongodb://127.0.0.1:9/', env: { ROLE: 'api' } });
    try {
      expectAnswer(await app.request('GET', '/api/v2/heartbeat/any/state'), ERRORS.databaseOnRead);
      expectAnswer(await app.request('GET', STATES), ERRORS.databaseOnRead);
      expectAnswer(await app.request('GET', `${STATES}?page=1`), ERRORS.databaseOnRead);
    } finally {
      await app.close();
    }
  });
});
