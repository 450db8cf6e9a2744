import mongoose from 'mongoose';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, invalidParameter } from '../support/canopsis';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { KeepingLogger } from '../support/log';
import { EventStream } from './event-stream';
import { SessionClient } from './session-client';

const CHANGES = '/api/v2/heartbeat-changes';
const OVERVIEW = '/api/v2/heartbeat-overview';

interface States {
  cursor: number;
  counts: Record<string, number>;
  blind_since: number | null;
  many: boolean;
  changed: Record<string, unknown>[];
}
interface Rules {
  ids: string[];
  many: boolean;
}
type Stored = { _id: string } & Record<string, unknown>;

describe.each(['fastify', 'express'] as const)('the stream of changes on %s', (framework) => {
  let database: TestDatabase;
  let stored: mongoose.Connection;
  let app: TestApplication;
  let other: TestApplication;
  let ahead: number;
  const log = new KeepingLogger();
  const open: EventStream[] = [];

  const clock = {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
  };
  const start = (): Promise<TestApplication> =>
    startTestApplication({
      framework,
      mongodbUri: database.uri,
      clock,
      logger: log,
      env: { ROLE: 'api', SLOW_REQUEST: '1s' },
    });

  beforeAll(async () => {
    ahead = 0;
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
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close();
    for (const name of ['heartbeat', 'heartbeat_state']) await stored.collection(name).deleteMany({});
    // Both learn of it, and that it is long ago.
    ahead += 2_000;
    await Promise.all([cursor(app), cursor(other)]);
    ahead += 60_000;
  });

  const follow = async (query = '', of = app, options = {}): Promise<EventStream> => {
    const stream = await EventStream.open(of.url + CHANGES + query, options);
    open.push(stream);
    return stream;
  };
  const store = (ids: readonly string[], state: Record<string, unknown>): Promise<unknown> =>
    stored.collection<Stored>('heartbeat_state').bulkWrite(
      ids.map((_id) => ({
        updateOne: {
          filter: { _id },
          update: { $set: { since: clock.now(), last_event: null, deadline: null, ...state } },
          upsert: true,
        },
      })),
    );
  const cursor = async (of = app): Promise<number> => {
    const { json } = await of.request('GET', OVERVIEW);
    return (json as { meta: { cursor: number } }).meta.cursor;
  };

  it('begins at once with a tick and what holds', async () => {
    const id = await create(app, heartbeat());
    await store([id], { state: 'up' });
    const stream = await follow();
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': expect.stringContaining('no-cache') as string,
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    expect(await stream.next('tick')).toEqual({});
    expect(await stream.next<States>('states')).toEqual({
      cursor: expect.any(Number) as number,
      counts: { up: 1, down: 0, waiting: 0, paused: 0, invalid: 0 },
      blind_since: expect.any(Number) as number,
      many: false,
      changed: [],
    });
  });

  it('tells of each change of a state, within a second', async () => {
    const ids = [await create(app, heartbeat()), await create(app, heartbeat())];
    const [id = ''] = ids;
    const stream = await follow();
    await stream.next('states');
    const since = clock.now();
    const began = performance.now();
    await store([id], { state: 'down', since, last_event: since - 5 });
    const { changed, counts } = await stream.next<States>('states', (message) => message.changed.length > 0);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(changed).toEqual([
      { _id: id, state: 'down', since: since / 1_000, last_event: (since - 5) / 1_000, deadline: null },
    ]);
    expect(counts).toEqual({ up: 0, down: 1, waiting: 1, paused: 0, invalid: 0 });
  });

  it('names none where over 500 changed at once', async () => {
    const bodies = Array.from({ length: 510 }, (_, n) => heartbeat({ name: `${n}` }));
    const ids = await Promise.all(bodies.map((body) => create(app, body)));
    const stream = await follow();
    await stream.next('states');
    await store(ids, { state: 'up' });
    const all = await stream.next<States>('states', ({ counts }) => counts['up'] === 510);
    // They may have been stored in two moments.
    if (all.many) expect(all.changed).toEqual([]);
    const late = await follow(`?after=${clock.now() / 1_000 - 3_600}`);
    expect(await late.next<Rules>('rules')).toEqual({ ids: [], many: true });
    expect(await late.next<States>('states')).toMatchObject({ many: true, changed: [] });
  });

  it('tells of heartbeats that were created, changed and removed, by any process', async () => {
    const stream = await follow();
    await stream.next('states');
    for (const by of [app, other]) {
      const id = await create(by, heartbeat());
      const isMeant = ({ ids }: Rules): boolean => ids.includes(id);
      await stream.next<Rules>('rules', isMeant);
      await by.request('PUT', `${HEARTBEATS}/${id}`, { json: heartbeat() });
      await stream.next<Rules>('rules', isMeant);
      await by.request('DELETE', `${HEARTBEATS}/${id}`);
      await stream.next<Rules>('rules', isMeant);
      await stream.next<States>('states', ({ counts }) => counts['waiting'] === 0);
    }
  });

  it('goes on where another stopped, on any node', async () => {
    const [id = '', gone = ''] = [await create(app, heartbeat()), await create(app, heartbeat())];
    await store([id], { state: 'up' });
    const after = await cursor();
    await cursor(other);
    ahead += 20_000;
    await store([id], { state: 'down' });
    const changed = await create(app, heartbeat());
    await app.request('DELETE', `${HEARTBEATS}/${gone}`);
    for (const node of [app, other]) {
      const stream = await follow(`?after=${after}`, node);
      const { ids } = await stream.next<Rules>('rules');
      expect(ids.sort()).toEqual(expect.arrayContaining([changed, gone]));
      expect((await stream.next<States>('states')).changed).toEqual(
        expect.arrayContaining([expect.objectContaining({ _id: id, state: 'down' })]),
      );
      const latest = await follow(`?after=${(await cursor(node)) + 60}`, node);
      expect((await latest.next<States>('states')).changed).toEqual([]);
    }
  });

  it('says every 10 s that nothing happened', async () => {
    const stream = await follow();
    await stream.next('tick');
    for (let ticks = 0; ticks < 2; ticks += 1) {
      ahead += 10_000;
      await stream.next('tick');
    }
  });

  it('is ended where its session is', async () => {
    const client = new SessionClient(app);
    await client.logIn();
    const stream = await follow('', app, { auth: null, headers: { Cookie: client.cookie ?? '' } });
    await stream.next('states');
    const basic = await follow();
    await client.logOut();
    await eventually(async () => {
      ahead += 10_000;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return stream.ended;
    });
    expect(basic.ended).toBe(false);
  });

  it('is refused to strangers, with a wrong cursor, and without a prompt', async () => {
    const stranger = await follow('', app, { auth: null });
    const answer = await stranger.answer();
    expectAnswer(answer, ERRORS.unauthenticated);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    for (const after of ['x', '-1', '1e9', '1;2']) {
      expectAnswer(await (await follow(`?after=${after}`)).answer(), invalidParameter('after'));
    }
    expect((await app.request('HEAD', CHANGES)).status).toBe(200);
    expectAnswer(await app.request('POST', CHANGES, { json: {} }), ERRORS.otherMethod);
  });

  it('is refused to who has 50 already, and given again when one of them goes', async () => {
    const all = await Promise.all(Array.from({ length: 60 }, () => follow()));
    const refused = all.filter(({ response }) => response.status !== 200);
    expect(refused).toHaveLength(10);
    const answer = await refused[0]?.answer();
    expect(answer?.headers.get('retry-after')).toBe('10');
    expect(answer).toMatchObject({
      status: 429,
      json: { name: '', description: 'too many requests, try again later.' },
    });
    all.find(({ response }) => response.status === 200)?.close();
    await eventually(async () => (await follow()).response.status === 200);
  });

  it('is neither slow nor counted among the requests', async () => {
    const stream = await follow();
    await stream.next('states');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    stream.close();
    const text = await fetch(`${app.url}/metrics`, {
      headers: { Authorization: `Basic ${Buffer.from('root:root').toString('base64')}` },
    }).then((response) => response.text());
    expect(text).not.toMatch(/heartbeat-changes.*status="200"/);
    expect(JSON.stringify(log.of('Http'))).not.toMatch(/heartbeat-changes[^}]*"status":200/);
  });

  it('is ended when the application stops, which does not wait for it', async () => {
    const third = await start();
    const stream = await follow('', third);
    await stream.next('states');
    const began = performance.now();
    const closing = third.close();
    await stream.finished();
    await closing;
    expect(performance.now() - began).toBeLessThan(8_000);
  });
});
