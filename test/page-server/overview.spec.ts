import mongoose from 'mongoose';
import { type TestApplication, startTestApplication } from '../support/application';
import {
  ERRORS,
  HEARTBEATS,
  type HeartbeatBody,
  create,
  expectAnswer,
  heartbeat,
  invalidParameter,
} from '../support/canopsis';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const OVERVIEW = '/api/v2/heartbeat-overview';
const NOW = 1_700_000_000_123;

type Stored = { _id: string } & Record<string, unknown>;
type Row = Record<string, unknown> & { _id: string };

interface Overview {
  data: Row[];
  meta: Record<string, unknown> & { total_count: number; counts: Record<string, number> };
}

describe.each(['fastify', 'express'] as const)('the overview on %s', (framework) => {
  let database: TestDatabase;
  let stored: mongoose.Connection;
  let app: TestApplication;
  let other: TestApplication;
  let now: number;
  let monotonic: number;

  const clock = { now: () => now, monotonic: () => monotonic };
  const start = (): Promise<TestApplication> =>
    // No engine in these processes: the tests say what engines have stored.
    startTestApplication({ framework, mongodbUri: database.uri, clock, env: { ROLE: 'api' } });
  /** Lets so much time pass that everything that is remembered is read again. */
  const later = (): void => {
    now += 2_500;
    monotonic += 2_500;
  };

  beforeAll(async () => {
    now = NOW;
    monotonic = 1_000_000;
    database = await startTestDatabase();
    stored = await mongoose.createConnection(database.uri).asPromise();
    app = await start();
    other = await start();
  });
  afterAll(async () => {
    await app.close();
    await other.close();
    await stored.close();
    await database.close();
  });
  beforeEach(async () => {
    for (const name of ['heartbeat', 'heartbeat_state', 'heartbeat_engine']) {
      await stored.collection(name).deleteMany({});
    }
    later();
  });

  const states = () => stored.collection<Stored>('heartbeat_state');
  const store = (_id: string, state: Record<string, unknown>): Promise<unknown> =>
    states().updateOne(
      { _id },
      { $set: { since: now, last_event: null, deadline: now + 10_000, unsent: 0, ...state } },
      { upsert: true },
    );
  const withState = async (state: object, body: Partial<HeartbeatBody> = {}): Promise<string> => {
    const id = await create(app, heartbeat(body));
    await store(id, { ...state });
    return id;
  };
  const overview = async (query = '', of = app): Promise<Overview> => {
    const { status, json } = await of.request('GET', OVERVIEW + query);
    expect(status).toBe(200);
    return json as Overview;
  };
  const ids = async (query = '', of = app): Promise<string[]> =>
    (await overview(query, of)).data.map(({ _id }) => _id);

  it('shows each heartbeat with its texts and its state, in seconds', async () => {
    const body = {
      pattern: { connector: 'c', é: '1' },
      expected_interval: '15m',
      name: 'n',
      author: 'a',
      description: 'd',
      output: 'o',
    };
    const id = await withState({ state: 'up', since: now - 5, last_event: now - 1, deadline: now + 9 }, body);
    await stored.collection<Stored>('heartbeat_engine').insertOne({ _id: 'hearing', heard_at: now - 6_000 });
    const { data, meta } = await overview();
    expect(data).toEqual([
      {
        _id: id,
        ...body,
        created: Math.floor(now / 1_000),
        updated: Math.floor(now / 1_000),
        state: 'up',
        since: (now - 5) / 1_000,
        last_event: (now - 1) / 1_000,
        deadline: (now + 9) / 1_000,
        gaps: [],
      },
    ]);
    expect(meta).toEqual({
      page: 1,
      per_page: 10,
      page_count: 1,
      total_count: 1,
      counts: { up: 1, down: 0, waiting: 0, paused: 0, invalid: 0 },
      blind_since: (now - 6_000) / 1_000,
      cursor: now / 1_000,
    });
  });

  it('is empty where there is nothing, and blind where nobody ever heard', async () => {
    const { data, meta } = await overview('?page=3&limit=5');
    expect(data).toEqual([]);
    expect(meta).toMatchObject({ page: 3, per_page: 5, page_count: 1, total_count: 0 });
    expect(meta['blind_since']).not.toBeNull();
  });

  it('has the most urgent first, and pages, filters, searches and sorts as asked', async () => {
    const up = await withState({ state: 'up' }, { name: 'Aa', expected_interval: '1h' });
    const old = await withState({ state: 'down', since: now - 9 }, { name: 'b', expected_interval: '30m' });
    const invalid = await withState({ state: 'invalid', deadline: null }, { description: 'Nuit' });
    const fresh = await withState({ state: 'down' }, { author: 'zoé', expected_interval: '90s' });
    const unseen = await create(app, heartbeat({ pattern: { component: 'SRV-nuit' } }));
    expect(await ids()).toEqual([fresh, old, invalid, unseen, up]);
    expect(await ids('?sort=desc')).toEqual([up, unseen, invalid, fresh, old]);
    expect(await ids('?limit=2&page=2')).toEqual([invalid, unseen]);
    expect(await ids('?state=down&limit=1&page=2')).toEqual([old]);
    expect((await ids('?search=NUIT')).sort()).toEqual([invalid, unseen].sort());
    expect(await ids('?search=nuit&state=waiting')).toEqual([unseen]);
    expect(await ids(`?search=${up.slice(3, 20).toUpperCase()}`)).toEqual([up]);
    expect((await ids('?sort_by=expected_interval')).slice(-3)).toEqual([fresh, old, up]);
    expect((await ids('?sort_by=name&sort=desc')).slice(0, 2)).toEqual([old, up]);
    const { meta } = await overview('?search=nuit&state=waiting');
    expect(meta.counts).toEqual({ up: 1, down: 2, waiting: 1, paused: 0, invalid: 1 });
    expect(meta.total_count).toBe(1);
  });

  it('shows what this process did at once', async () => {
    const id = await create(app, heartbeat({ name: 'one' }));
    expect(await ids('?search=one')).toEqual([id]);
    const changed = heartbeat({ name: 'two', expected_interval: '7m' });
    await app.request('PUT', `${HEARTBEATS}/${id}`, { json: changed });
    const { data } = await overview('?search=two');
    expect(data).toMatchObject([{ _id: id, name: 'two', expected_interval: '7m' }]);
    expect(await ids('?search=one')).toEqual([]);
    await app.request('DELETE', `${HEARTBEATS}/${id}`);
    expect(await ids()).toEqual([]);
  });

  it('shows what engines stored at once', async () => {
    const id = await withState({ state: 'up' });
    expect((await overview()).meta.counts).toMatchObject({ up: 1 });
    await store(id, { state: 'down' });
    expect((await overview()).data).toMatchObject([{ _id: id, state: 'down' }]);
    expect((await overview()).meta.counts).toMatchObject({ up: 0, down: 1 });
  });

  it('reads the times of events again that are older than 2 s', async () => {
    const id = await withState({ state: 'up', since: now - 60_000, last_event: now });
    const since = now - 60_000;
    await overview();
    await store(id, { since, last_event: now + 700 });
    expect((await overview()).data[0]).toMatchObject({ last_event: now / 1_000 });
    const last_event = (now + 700) / 1_000;
    later();
    expect((await overview()).data[0]).toMatchObject({ last_event });
  });

  it.each(['last_event', 'deadline'])('sorts by %s as it is', async (field) => {
    const all = await Promise.all([3, 1, 2].map((n) => withState({ state: 'up', [field]: now + n })));
    const [three, one, two] = all;
    expect(await ids(`?sort_by=${field}`)).toEqual([one, two, three]);
    const since = now;
    later();
    await store(one ?? '', { since, [field]: now + 50 });
    expect(await ids(`?sort_by=${field}&sort=desc`)).toEqual([one, three, two]);
    const none = await withState({ state: 'waiting', [field]: null });
    expect(await ids(`?sort_by=${field}`)).toEqual([two, three, one, none]);
    expect(await ids(`?sort_by=${field}&sort=desc`)).toEqual([one, three, two, none]);
  });

  it('shows what other processes did within 2 s', async () => {
    await overview();
    const id = await create(other, heartbeat({ name: 'there' }));
    const gone = await create(other, heartbeat());
    later();
    expect((await ids()).sort()).toEqual([id, gone].sort());
    await other.request('PUT', `${HEARTBEATS}/${id}`, { json: heartbeat({ name: 'changed' }) });
    await other.request('DELETE', `${HEARTBEATS}/${gone}`);
    later();
    const { data } = await overview();
    expect(data).toMatchObject([{ _id: id, name: 'changed' }]);
    await other.request('DELETE', `${HEARTBEATS}/${id}`);
    // One goes, one comes: their number is the same.
    const next = await create(other, heartbeat());
    later();
    expect(await ids()).toEqual([next]);
  });

  it('shows what other programs wrote as far as it can be shown', async () => {
    await overview();
    const heartbeats = stored.collection<Stored>('heartbeat');
    const wide = { a: 'x'.repeat(6_000), b: 'needle' };
    const written = [
      { _id: 'odd', pattern: { a: 1 }, expected_interval: 's', name: 5, created: new Date() },
      { _id: 'wide', pattern: wide, expected_interval: '1m', created: 1, updated: 1, description: 'w' },
    ];
    await heartbeats.insertMany(written);
    const foreign = { pattern: { a: '1' }, expected_interval: '1m' };
    const hex = (await stored.collection('heartbeat').insertOne({ ...foreign })).insertedId.toHexString();
    later();
    const { data, meta } = await overview('?sort_by=created');
    expect(meta.total_count).toBe(3);
    const [objectId, ...texts] = [...data].sort((a, b) => (a._id < b._id ? -1 : 1));
    expect(objectId).toMatchObject({ ...foreign, _id: hex });
    expect(texts).toMatchObject([
      { _id: 'odd', pattern: { a: 1 }, expected_interval: 's', state: 'invalid' },
      { _id: 'wide', pattern: wide, expected_interval: '1m', description: 'w', state: 'waiting' },
    ]);
    expect(texts[0]).not.toHaveProperty('name');
  });

  it('never mixes up what comes while it reads', async () => {
    const writers = Array.from({ length: 8 }, async (_, n) => {
      for (let i = 0; i < 12; i += 1) {
        const name = `writer ${n} ${i}`;
        const id = await create(i % 2 ? app : other, heartbeat({ name }));
        if (i % 3 === 0) await other.request('DELETE', `${HEARTBEATS}/${id}`);
        if (i % 3 === 1) {
          await app.request('PUT', `${HEARTBEATS}/${id}`, { json: heartbeat({ name: `${name} again` }) });
        }
        later();
        await overview('?limit=1000');
      }
    });
    await Promise.all(writers);
    later();
    const { json } = await app.request('GET', HEARTBEATS);
    const wanted = (json as Row[]).map(({ _id, name, pattern }) => ({ _id, name, pattern }));
    for (const each of [app, other]) {
      const { data, meta } = await overview('?limit=1000&sort_by=created', each);
      const found = data.map(({ _id, name, pattern }) => ({ _id, name, pattern }));
      expect(new Set(found.map((row) => JSON.stringify(row)))).toEqual(
        new Set(wanted.map((row) => JSON.stringify(row))),
      );
      expect(meta.counts['waiting']).toBe(wanted.length);
    }
  });

  it.each([
    ['page', '0'],
    ['page', 'x'],
    ['limit', '1001'],
    ['sort', 'up'],
    ['sort_by', 'author'],
    ['state', 'silent'],
    ['search', 'x'.repeat(2_001)],
  ])('refuses %s=%s', async (name, value) => {
    expectAnswer(await app.request('GET', `${OVERVIEW}?${name}=${value}`), invalidParameter(name));
  });

  it('is for users alone, and for reading alone', async () => {
    expectAnswer(await app.request('GET', OVERVIEW, { auth: null }), ERRORS.unauthenticated);
    const posted = await app.request('POST', OVERVIEW, { json: {} });
    expectAnswer(posted, ERRORS.otherMethod);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
  });
});

it('the overview follows an engine', async () => {
  const database = await startTestDatabase();
  const app = await startTestApplication({ mongodbUri: database.uri });
  try {
    const pattern = { connector: 'c1' };
    await create(app, heartbeat({ pattern, expected_interval: '1s' }));
    const state = async (): Promise<unknown> => {
      const { json } = await app.request('GET', OVERVIEW);
      return (json as Overview).data[0]?.['state'];
    };
    await eventually(async () => expect(await state()).toBe('down'));
    const event = { ...pattern, connector_name: 'n', event_type: 'check', component: 'x' };
    expect((await app.request('POST', '/api/v2/event', { json: event })).json).toMatchObject({
      sent_events: [event],
    });
    expect(await state()).toBe('up');
  } finally {
    await app.close();
    await database.close();
  }
});
