import { MATRIX, TestApplication, startTestApplication } from '../support/application';
import { startTestDatabase, TestDatabase } from '../support/database';
import {
  ERRORS,
  HEARTBEATS,
  create,
  done,
  expectAnswer,
  heartbeat,
  list,
  notFound,
  read,
} from '../support/canopsis';

const TEXTS = { author: 'a', name: 'n', description: 'd', output: 'o' };

describe.each(MATRIX)('PUT on %s in %s', (framework, dialect) => {
  let database: TestDatabase;
  let app: TestApplication;
  /** Shows all fields, whatever the dialect of the other one. */
  let window: TestApplication;
  let seconds = 1_600_000_000;
  beforeAll(async () => {
    database = await startTestDatabase();
    const clock = { now: (): number => seconds * 1000 + 999 };
    app = await startTestApplication({ framework, dialect, clock, mongodbUri: database.uri });
    window = await startTestApplication({ mongodbUri: database.uri });
  });
  afterAll(async () => {
    await app.close();
    await window.close();
    await database.close();
  });

  const put = (id: string, json: unknown): ReturnType<TestApplication['request']> =>
    app.request('PUT', `${HEARTBEATS}/${id}`, { json });

  it('moves `updated`; `_id` and `created` stay', async () => {
    const id = await create(app);
    const created = seconds;
    seconds += 60;
    const body = heartbeat({ ...TEXTS, expected_interval: '3m' });
    expectAnswer(await put(id, body), done('updated', id));
    expect(await read(window, id)).toStrictEqual({ _id: id, ...body, created, updated: created + 60 });
  });

  it('removes the texts that it does not give', async () => {
    const body = heartbeat(TEXTS);
    const id = await create(app, body);
    const { pattern, expected_interval } = body;
    await put(id, { pattern, expected_interval, author: null, name: 'other' });
    const times = { created: seconds, updated: seconds };
    expect(await read(window, id)).toStrictEqual({
      _id: id,
      pattern,
      expected_interval,
      name: 'other',
      ...times,
    });
  });

  it('ignores fields that are not the client’s to set', async () => {
    const id = await create(app);
    const body = heartbeat();
    const foreign = {
      _id: 'mine',
      created: 1,
      updated: 2,
      pattern_key: 'x',
      inserted: 3,
      interval_seconds: 4,
    };
    expectAnswer(await put(id, { ...body, ...foreign, extra: { $set: 1 } }), done('updated', id));
    expect(await read(window, id)).toStrictEqual({ _id: id, ...body, created: seconds, updated: seconds });
    expectAnswer(await app.request('GET', `${HEARTBEATS}/mine`), notFound('mine'));
  });

  it('takes the heartbeat’s own pattern, in another order too', async () => {
    const id = await create(app, heartbeat({ pattern: { a: 'own', b: 'own' } }));
    const again = heartbeat({ pattern: { b: 'own', a: 'own' }, expected_interval: '1h' });
    expectAnswer(await put(id, again), done('updated', id));
    expect(await read(app, id)).toMatchObject({ pattern: again.pattern, expected_interval: '1h' });
  });

  it('refuses another one’s pattern, and changes nothing', async () => {
    const taken = heartbeat();
    await create(app, taken);
    const id = await create(app, heartbeat(TEXTS));
    const before = await read(window, id);
    seconds += 1;
    expectAnswer(await put(id, { ...taken, name: 'thief' }), ERRORS.patternExists);
    expect(await read(window, id)).toStrictEqual(before);
  });

  it('gives the pattern that it replaced away, and takes the new one', async () => {
    const [first, second] = [heartbeat(), heartbeat()];
    const id = await create(app, first);
    await put(id, second);
    expectAnswer(await app.request('POST', HEARTBEATS, { json: second }), ERRORS.patternExists);
    const again = await app.request('POST', HEARTBEATS, { json: first });
    // An md5 id stays with the heartbeat that was created with it.
    if (dialect === 'canopsis-3') expectAnswer(again, ERRORS.patternExists);
    else expect(again.status).toBe(200);
  });

  it.each([
    ['a body that is not valid', { expected_interval: '10s' }],
    ['an empty pattern', heartbeat({ pattern: {} })],
    ['an interval of nothing', heartbeat({ expected_interval: '0s' })],
    ['an array', [heartbeat()]],
  ])('refuses %s, and changes nothing', async (_what, json) => {
    const id = await create(app);
    const before = await read(window, id);
    expectAnswer(await put(id, json), ERRORS.invalidPayload);
    expect(await read(window, id)).toStrictEqual(before);
  });

  it('creates nothing where there is nothing', async () => {
    const before = await list(app);
    expectAnswer(await put('nobody', heartbeat()), notFound('nobody'));
    expect(await list(app)).toStrictEqual(before);
  });
});
