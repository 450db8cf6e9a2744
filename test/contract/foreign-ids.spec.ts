import { mongo } from 'mongoose';
import { type TestApplication, startTestApplication } from '../support/application';
import { type Document, type TestDatabase, startTestDatabase } from '../support/database';
import { HEARTBEATS, create, done, expectAnswer, list, notFound } from '../support/canopsis';
import { eventually } from '../support/eventually';
import { pastStandstills } from '../support/standstill';
import { RememberingLogger } from '../support/log';

const { Binary, Long, ObjectId, UUID } = mongo.BSON;
const STATES = '/api/v2/heartbeat-state';
const V4 = '/api/v4/heartbeats';

const NAMEABLE: [string, unknown][] = [
  ['5fd33b0e0000000000000001', new ObjectId('5fd33b0e0000000000000001')],
  ['123456789012345678901234', new ObjectId('123456789012345678901234')],
  ['7', 7],
  ['-1', -1],
  ['2.5', 2.5],
  ['9007199254740993', Long.fromString('9007199254740993')],
  ['eaadc64a-a0ef-4c5c-8453-a45e574fd5ca', new UUID('eaadc64a-a0ef-4c5c-8453-a45e574fd5ca')],
];
const UNNAMEABLE: [string, unknown][] = [
  ['{"$date":"2023-11-14T22:13:20Z"}', new Date(1_700_000_000_000)],
  ['{"a":1}', { a: 1 }],
  ['true', true],
  ['{"$binary":{"base64":"YWI=","subType":"00"}}', new Binary(Buffer.from('ab'))],
  ['', ''],
];

const heartbeat = (connector: string): object => ({ pattern: { connector }, expected_interval: '1h' });
const event = (connector: string): object => ({
  connector,
  connector_name: 'n',
  event_type: 'check',
  component: 'c',
});

describe.each(['canopsis-3', 'canopsis-4'] as const)('heartbeats whose id is no text, in %s', (dialect) => {
  let database: TestDatabase;
  let app: TestApplication;
  const logger = new RememberingLogger();

  beforeAll(async () => {
    database = await startTestDatabase();
    await insert(NAMEABLE, 'n');
    await insert(UNNAMEABLE, 'u');
    app = await startTestApplication({ dialect, mongodbUri: database.uri, logger });
    await eventually(async () => (await states()).length === NAMEABLE.length + UNNAMEABLE.length);
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const insert = (ids: typeof NAMEABLE, prefix: string): Promise<unknown> =>
    database.heartbeats((collection) =>
      collection.insertMany(ids.map(([, _id], at) => ({ _id, ...heartbeat(`${prefix}${at}`) }))),
    );
  const log = (): string => logger.lines.join('\n');
  const states = async (): Promise<{ _id: string; state: string; reason?: string }[]> => {
    const { json } = await pastStandstills(log, () => app.request('GET', STATES));
    return json as { _id: string; state: string; reason?: string }[];
  };
  const stateOf = async (id: string): Promise<string | undefined> =>
    (await states()).find(({ _id }) => _id === id)?.state;
  const path = (id: string): string => `${HEARTBEATS}/${encodeURIComponent(id)}`;

  it('are listed by their texts, everywhere', async () => {
    const texts = [...NAMEABLE, ...UNNAMEABLE].map(([text]) => text).sort();
    const idsOf = (documents: Record<string, unknown>[]): string[] =>
      documents.map(({ _id }) => _id as string).sort();
    expect(idsOf(await list(app))).toEqual(texts);
    for (const call of [
      `${HEARTBEATS}?limit=100`,
      `${STATES}?limit=100`,
      '/api/v2/heartbeat-overview?limit=100',
      `${V4}?limit=100`,
    ]) {
      const { json } = await app.request('GET', call);
      expect([call, idsOf((json as { data: Document[] }).data)]).toEqual([call, texts]);
    }
  });

  it.each(NAMEABLE)('are read and watched under it: %s', async (id) => {
    const at = NAMEABLE.findIndex(([text]) => text === id);
    for (const each of [path(id), `${V4}/${id}`, `${path(id)}/past`, `${path(id)}/state`]) {
      expect([each, (await app.request('GET', each)).status]).toEqual([each, 200]);
    }
    expect((await app.request('GET', path(id))).json).toMatchObject({ _id: id, ...heartbeat(`n${at}`) });
    await app.request('POST', '/api/v2/event', { json: event(`n${at}`) });
    expect(await stateOf(id)).toBe('up');
  });

  it.each(UNNAMEABLE)('are named in the log, and invalid, where no URL names them: %j', async (id) => {
    const row = (await states()).find(({ _id }) => _id === id);
    expect(row).toMatchObject({ state: 'invalid', reason: 'no URL can name its _id' });
    const named = id.startsWith('{') ? id : JSON.stringify(id);
    const lines = logger.lines.filter((line) => line.includes('not watched') && line.includes(named));
    expect(lines).toHaveLength(1);
  });

  it('keep their pattern from being given to another one', async () => {
    const { status } = await app.request('POST', HEARTBEATS, { json: heartbeat('n0') });
    expect(status).toBe(400);
  });

  it.each(NAMEABLE)('are changed and deleted under it: %s', async (id, stored) => {
    const find = (): Promise<Document | null> =>
      database.heartbeats((collection) => collection.findOne({ _id: stored as never }));
    const json = { pattern: { connector: `changed ${id}` }, expected_interval: '2h' };
    expectAnswer(await app.request('PUT', path(id), { json }), done('updated', id));
    expect(await find()).toMatchObject(json);
    const v4 = { ...json, expected_interval: '3h', name: id, description: 'd', author: 'a' };
    expect((await app.request('PUT', `${V4}/${id}`, { json: v4 })).status).toBe(200);
    const bulk = [{ ...v4, _id: id, expected_interval: '4h' }];
    expect((await app.request('PUT', '/api/v4/bulk/heartbeats', { json: bulk })).status).toBe(200);
    expect(await find()).toMatchObject({ expected_interval: '4h', name: id });
    await app.request('POST', '/api/v2/event', { json: event(`changed ${id}`) });
    expect(await stateOf(id)).toBe('up');
    if (id.length > 5) expectAnswer(await app.request('DELETE', path(id)), done('removed', id));
    else {
      const { status } = await app.request('DELETE', `/api/v4/bulk/heartbeats?ids[]=${id}`);
      expect(status).toBe(204);
    }
    expect(await find()).toBeNull();
    expectAnswer(await app.request('GET', path(id)), notFound(id));
    await eventually(async () => (await stateOf(id)) === undefined);
  });

  it('give way to a heartbeat whose id is the text', async () => {
    await database.heartbeats((collection) =>
      collection.insertMany([
        { _id: 42, ...heartbeat('number') },
        { _id: '42', ...heartbeat('text') },
      ]),
    );
    expect((await app.request('GET', path('42'))).json).toMatchObject(heartbeat('text'));
    expectAnswer(await app.request('DELETE', path('42')), done('removed', '42'));
    expect((await app.request('GET', path('42'))).json).toMatchObject(heartbeat('number'));
    await create(app);
  });
});

describe('heartbeats whose ids read the same', () => {
  it('are named in the log once, as only one of them is watched: at a start, and while it runs', async () => {
    const database = await startTestDatabase();
    const logger = new RememberingLogger();
    const insert = (...ids: unknown[]): Promise<unknown> =>
      database.heartbeats((collection) =>
        collection.insertMany(ids.map((_id, at) => ({ _id, ...heartbeat(`${String(_id)} ${at}`) }))),
      );
    const told = (): string[] =>
      logger.lines.filter((line) => line.includes('only one of them is watched')).map(idsIn);
    const idsIn = (line: string): string => line.slice(line.lastIndexOf(': ') + 2);
    const hex = '5fd33b0e0000000000000001';
    await insert(12345, '12345', new ObjectId(hex), hex, 0.1, '0.1', 7, '8', '');
    const app = await startTestApplication({ mongodbUri: database.uri, logger });
    try {
      await eventually(() => expect(told()).toHaveLength(1));
      expect(told()[0]?.split(', ').sort()).toEqual(['"0.1"', '"12345"', `"${hex}"`]);
      await insert('7');
      await eventually(() => expect(told().slice(1)).toEqual(['"7"']));
    } finally {
      await app.close();
      await database.close();
    }
  });
});
