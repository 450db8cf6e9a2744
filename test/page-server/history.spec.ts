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
} from '../support/canopsis';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const ALARMS = '/api/v2/heartbeat-alarms';

interface Span {
  from: number;
  to: number | null;
}
interface Past {
  arrivals: number[];
  alarms: Span[];
  blind: Span[];
}
type Alarm = Span & { heartbeat: string; name: string };
type Stored = { _id: string } & Record<string, unknown>;

describe.each(['fastify', 'express'] as const)('the past on %s', (framework) => {
  let database: TestDatabase;
  let stored: mongoose.Connection;
  let app: TestApplication;

  beforeAll(async () => {
    database = await startTestDatabase();
    stored = await mongoose.createConnection(database.uri).asPromise();
    app = await startTestApplication({ framework, mongodbUri: database.uri });
  });
  afterAll(async () => {
    await app.close();
    await stored.close();
    await database.close();
  });

  const get = async <T>(path: string): Promise<T> => {
    const { status, json } = await app.request('GET', path);
    expect([path, status]).toEqual([path, 200]);
    return json as T;
  };
  const past = (id: string): Promise<Past> => get(`${HEARTBEATS}/${id}/past`);
  const alarms = (query = ''): Promise<Alarm[]> => get(ALARMS + query);
  const beat = async (component: string): Promise<void> => {
    const event = { connector: 'past', connector_name: 'n', event_type: 'check', component };
    expect((await app.request('POST', '/api/v2/event', { json: event })).json).toMatchObject({
      sent_events: [{ component }],
    });
  };
  const watch = (component: string, expected_interval = '1h', name = component): Promise<string> =>
    create(app, heartbeat({ pattern: { connector: 'past', component }, expected_interval, name }));
  const until = (id: string, isSo: (past: Past) => boolean): Promise<void> =>
    eventually(async () => isSo(await past(id)));

  it('has nothing of a heartbeat that was just made, and no alarm where there is none', async () => {
    expect(await alarms()).toEqual([]);
    expect(await past(await watch('new'))).toMatchObject({ arrivals: [], alarms: [] });
    expectAnswer(await app.request('GET', `${HEARTBEATS}/none/past`), notFound('none'));
  });

  it('tells an alarm while it is open and when it is over, of one heartbeat and of all', async () => {
    const before = Date.now() / 1_000;
    const id = await watch('silent', '1s', 'Silent one');
    await until(id, ({ alarms }) => alarms.length === 1);
    const [open] = (await past(id)).alarms;
    expect(open).toEqual({ from: expect.any(Number) as number, to: null });
    expect(open?.from).toBeGreaterThan(before);
    expect(await alarms('?state=open')).toEqual([{ heartbeat: id, name: 'Silent one', ...open }]);
    expect(await alarms('?state=resolved')).toEqual([]);
    await beat('silent');
    const over = { from: open?.from, to: expect.any(Number) as number };
    expect((await past(id)).alarms[0]).toEqual(over);
    expect(await alarms('?state=resolved')).toContainEqual({ heartbeat: id, name: 'Silent one', ...over });
    await app.request('DELETE', `${HEARTBEATS}/${id}`);
    expect(await alarms()).toEqual([]);
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}/past`), notFound(id));
  });

  it('keeps the alarm of a pattern that was changed meanwhile', async () => {
    const id = await watch('first', '1s');
    await until(id, ({ alarms }) => alarms.length === 1);
    const json = heartbeat({ pattern: { connector: 'past', component: 'second' }, expected_interval: '1h' });
    expect((await app.request('PUT', `${HEARTBEATS}/${id}`, { json })).status).toBe(200);
    expect((await past(id)).alarms).toEqual([
      { from: expect.any(Number) as number, to: expect.any(Number) as number },
    ]);
    await app.request('DELETE', `${HEARTBEATS}/${id}`);
  });

  it('lists open alarms first, then those that were over last, in pages', async () => {
    const ids = [await watch('a'), await watch('b'), await watch('c')];
    const states = stored.collection<Stored>('heartbeat_state');
    const spans = (...times: number[]) => times.map((to) => ({ from: to - 500, to }));
    const set = (at: number, state: Record<string, unknown>): Promise<unknown> =>
      states.updateOne({ _id: ids[at] }, { $set: state });
    await set(0, { past: spans(1_000, 5_000), past_to: 5_000 });
    await set(1, { past: spans(2_000, 3_000, 4_000), past_to: 4_000 });
    await set(2, { state: 'down', since: Date.now(), past: spans(500), past_to: 500 });
    const told = async (query: string): Promise<unknown[]> =>
      (await alarms(query)).map(({ name, to }) => [name, to]);
    const all = [
      ['c', null],
      ['a', 5],
      ['b', 4],
      ['b', 3],
      ['b', 2],
      ['a', 1],
      ['c', 0.5],
    ];
    await eventually(async () => (await alarms('?state=open')).length === 1);
    expect(await told('')).toEqual(all);
    expect(await told('?limit=3')).toEqual(all.slice(0, 3));
    expect(await told('?limit=3&page=2')).toEqual(all.slice(3, 6));
    expect(await told('?limit=3&page=3')).toEqual(all.slice(6));
    expect(await told('?limit=1000&page=999999999999999')).toEqual([]);
    expect(await told('?state=resolved&limit=2')).toEqual(all.slice(1, 3));
    for (const id of ids) await app.request('DELETE', `${HEARTBEATS}/${id}`);
  });

  it('lists an alarm that is open while its heartbeat is paused, and after that, from when it was raised', async () => {
    const early = await watch('early', '1s');
    await eventually(async () => (await alarms('?state=open')).length === 1);
    const late = await watch('late', '1s');
    await eventually(async () => (await alarms('?state=open')).length === 2);
    const open = await alarms('?state=open');
    expect(open.map(({ heartbeat }) => heartbeat)).toEqual([late, early]);
    const state = async (): Promise<unknown> =>
      (await get<{ state: string }>(`${HEARTBEATS}/${early}/state`)).state;
    await app.request('PUT', `${HEARTBEATS}/${early}/pause`, { json: { until: null } });
    await eventually(async () => (await state()) === 'paused');
    await eventually(async () => expect(await alarms()).toEqual(open));
    expect(await alarms('?state=open&limit=1&page=2')).toEqual(open.slice(1));
    await app.request('DELETE', `${HEARTBEATS}/${early}/pause`);
    await eventually(async () => (await state()) === 'down');
    // It is down since now, and its alarm is as old as it was.
    await eventually(async () => expect(await alarms()).toEqual(open));
    for (const id of [early, late]) await app.request('DELETE', `${HEARTBEATS}/${id}`);
  });

  it('keeps when events came, the thinner the longer the interval, and shows the gaps in the overview', async () => {
    const often = await watch('often', '1s');
    const seldom = await watch('seldom', '1h');
    for (let beats = 0; beats < 3; beats += 1) {
      await beat('often');
      await beat('seldom');
      const sent = Date.now();
      await eventually(() => Promise.resolve(Date.now() - sent > 100));
    }
    await until(often, ({ arrivals }) => arrivals.length >= 3);
    const { arrivals } = await past(often);
    expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
    expect((await past(seldom)).arrivals).toHaveLength(1);
    const gaps = async (): Promise<number[]> => {
      const { data } = await get<{ data: { gaps: number[] }[] }>(
        `/api/v2/heartbeat-overview?search=${often}`,
      );
      return data[0]?.gaps ?? [];
    };
    await eventually(async () => (await gaps()).length >= 2);
    expect(Math.min(...(await gaps()))).toBeGreaterThanOrEqual(5);
    const kept = stored.collection<Stored>('heartbeat_arrivals');
    expect(await kept.countDocuments({ _id: often })).toBe(1);
    for (const id of [often, seldom]) await app.request('DELETE', `${HEARTBEATS}/${id}`);
    expect(await kept.countDocuments({ _id: often })).toBe(0);
  });

  it('tells when nobody could hear, also while that lasts', async () => {
    const other = await startTestDatabase();
    const connection = await mongoose.createConnection(other.uri).asPromise();
    const looking = await startTestApplication({
      framework,
      mongodbUri: other.uri,
      env: { ROLE: 'api' },
    });
    try {
      const id = await create(looking);
      await connection.collection<Stored>('heartbeat_engine').insertOne({
        ...{ _id: 'hearing', heard_at: Date.now() - 60_000, again_at: 1_491_000, settled_for: 2_000 },
        blind: Array.from({ length: 150 }, (_, n) => ({ from: 10_000 * n, to: 10_000 * n + 1_000 })),
      });
      const { json } = await looking.request('GET', `${HEARTBEATS}/${id}/past`);
      const { blind } = json as Past;
      expect(blind).toHaveLength(100);
      expect(blind.slice(-2)).toEqual([
        { from: 1_490, to: 1_491 },
        { from: expect.any(Number) as number, to: null },
      ]);
    } finally {
      await looking.close();
      await connection.close();
      await other.close();
    }
  });

  it('refuses in the format of the API', async () => {
    expectAnswer(await app.request('GET', `${HEARTBEATS}/x/past`, { auth: null }), ERRORS.unauthenticated);
    expectAnswer(await app.request('GET', ALARMS, { auth: null }), ERRORS.unauthenticated);
    for (const [name, value] of [
      ['page', '0'],
      ['limit', '1001'],
      ['state', 'down'],
    ] as const) {
      expectAnswer(await app.request('GET', `${ALARMS}?${name}=${value}`), invalidParameter(name));
    }
    expect((await app.request('POST', ALARMS, { json: {} })).status).toBe(405);
  });
});
