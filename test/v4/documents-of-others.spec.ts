import { mongo } from 'mongoose';
import type { DialectName } from '../../src/domain/dialect';
import type { HttpFramework } from '../../src/http/adapters';
import { type TestApplication, startTestApplication } from '../support/application';
import { V4, V4_BULK, type V4Answered, v4Body, v4Create, v4List } from '../support/canopsis-v4';
import { type Document, type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const { Binary, Decimal128, Long, ObjectId, Timestamp, UUID } = mongo.BSON;
const MD5 = '3d071cb49acce44040b35ed8c6714ef1';
const UUID_ID = 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca';
const NOTHING = { name: '', description: '', author: '', output: '' };

/** Documents that Canopsis has left, and what version 4 shows of them besides their ids and patterns. */
const OF_CANOPSIS: readonly [Document, object][] = [
  // Version 3: an md5 id, and nothing else. Nobody knows when it was made, but when it was first seen.
  [
    { _id: MD5, pattern: { connector: 'three' }, expected_interval: '3600s' },
    { ...NOTHING, expected_interval: '1h' },
  ],
  [
    {
      ...{ _id: UUID_ID, pattern: { connector: 'four', 'k é': '' }, expected_interval: '010m' },
      ...{
        name: 'n',
        description: 'd',
        author: 'a',
        output: 'o',
        created: 1_500_000_000,
        updated: 1_500_000_001,
      },
    },
    {
      ...{ name: 'n', description: 'd', author: 'a', output: 'o', expected_interval: '10m' },
      ...{ created: 1_500_000_000, updated: 1_500_000_001 },
    },
  ],
  // The texts are optional in version 2, and may be null; an interval that is none is shown as it is stored.
  [
    {
      _id: 'null',
      pattern: { connector: 'null' },
      expected_interval: 's',
      name: null,
      output: null,
      created: 5,
      updated: 6,
    },
    { ...NOTHING, expected_interval: 's', created: 5, updated: 6 },
  ],
  [
    {
      _id: 'longs',
      pattern: { connector: 'longs' },
      expected_interval: '90s',
      created: Long.fromNumber(7),
      updated: 8.9,
    },
    { ...NOTHING, expected_interval: '90s', created: 7, updated: 8 },
  ],
  [
    {
      _id: 'dates',
      pattern: { connector: 'dates' },
      expected_interval: '0s',
      created: new Date(9_999),
      updated: '10',
    },
    { ...NOTHING, expected_interval: '0s', created: 9, updated: 10 },
  ],
];

/** What may stand in a field that another program wrote. */
const ODD: readonly unknown[] = [
  ...[undefined, null, '', ' ', 'text', '\0', 'x'.repeat(70_000), 7, -1, 1.5, NaN, Infinity, 1e300, true],
  ...[[], ['x'], [''], [[1]], {}, { a: 1 }, { $gt: '' }, { 'a.b': 'c' }, { a: null }, { a: { b: ['c'] } }],
  ...[new Date(0), new Date(8.64e15), new ObjectId(), new UUID(UUID_ID), new Binary(Buffer.from('ab'))],
  ...[Long.MAX_VALUE, Decimal128.fromString('NaN'), new Timestamp({ t: 1, i: 1 }), /x/i],
  ...[new mongo.BSON.MinKey(), new mongo.BSON.MaxKey(), new mongo.BSON.Code('x')],
  ...['1h30m', '10s\n', '1e3', '2020-01-01', '2020-01-01T00:00:00Z', '99999999999999'],
];
const FIELDS = [
  ...['pattern', 'expected_interval', 'name', 'description', 'author', 'output', 'created', 'updated'],
] as const;
const ODD_IDS: readonly unknown[] = [
  ...[
    5,
    2.5,
    -3,
    Long.MAX_VALUE,
    Decimal128.fromString('1.25'),
    true,
    null,
    '',
    ' ',
    'a/b',
    '$ne',
    '__proto__',
  ],
  ...[
    new ObjectId(),
    new UUID(),
    new Date(1),
    new Binary(Buffer.from('id')),
    { a: 1, b: 'c' },
    { a: { b: null } },
  ],
];

/** Each odd thing in each field, and odd ids; the pattern is another one for each, where that is not what is odd. */
const oddDocuments = (prefix: string): Document[] => [
  ...FIELDS.flatMap((field) =>
    ODD.map((value, at): Document => {
      const _id = `${prefix}-${field}-${at}`;
      const document = { _id, pattern: { connector: _id }, expected_interval: '1m', [field]: value };
      if (value === undefined) delete (document as Record<string, unknown>)[field];
      return document;
    }),
  ),
  // All at once.
  ...ODD.map((value, at): Document => ({
    _id: `${prefix}-all-${at}`,
    ...Object.fromEntries(FIELDS.map((field) => [field, value])),
  })),
  { _id: `${prefix}-nothing` },
];

describe.each<[HttpFramework, DialectName]>([
  ['fastify', 'canopsis-4'],
  ['express', 'canopsis-4.3'],
])('documents that others wrote, in version 4 on %s in %s', (framework, dialect) => {
  let database: TestDatabase;
  let app: TestApplication;
  beforeAll(async () => {
    // Always embedded: the other server of the tests neither sorts nor compares code and regular expressions.
    database = await startTestDatabase('');
    await insert(OF_CANOPSIS.map(([document]) => document));
    await insert(oddDocuments('old'));
    await insert(ODD_IDS.map((_id, at) => ({ _id, pattern: { id: `${at}` }, expected_interval: '1m' })));
    app = await startTestApplication({ framework, dialect, mongodbUri: database.uri });
    await eventually(async () => (await app.request('GET', V4)).status === 200);
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const insert = (documents: Document[]): Promise<unknown> =>
    database.heartbeats((heartbeats) => heartbeats.insertMany(documents, { ignoreUndefined: false }));
  const path = (id: string): string => `${V4}/${encodeURIComponent(id)}`;

  /** What every document of version 4 is, whoever wrote it. */
  function expectShown(document: V4Answered): void {
    const { pattern, created, updated, ...texts } = document;
    expect(Object.keys(texts).sort().join()).toBe('_id,author,description,expected_interval,name,output');
    for (const text of Object.values(texts)) expect(typeof text).toBe('string');
    for (const time of [created, updated]) expect(time === null || Number.isInteger(time)).toBe(true);
    expect(pattern).toBeDefined();
  }

  it('of Canopsis are shown with all nine fields, by both calls', async () => {
    const { data } = await v4List(app);
    for (const [{ _id, pattern }, shown] of OF_CANOPSIS) {
      const answer = await app.request('GET', path(_id as string));
      expect(answer).toMatchObject({ status: 200, json: { _id, pattern, ...shown } });
      expectShown(answer.json as V4Answered);
      expect(data.find((listed) => listed._id === _id)).toEqual(answer.json);
    }
  });

  it('are all listed, in any order, page by page and found by texts, whatever is in them', async () => {
    const count = await database.heartbeats((heartbeats) => heartbeats.countDocuments());
    expect(count).toBeGreaterThan(300);
    for (const sort_by of ['_id', 'name', 'author', 'expected_interval', 'created', 'updated'])
      for (const sort of ['asc', 'desc']) {
        const all = await v4List(app, `paginate=false&sort_by=${sort_by}&sort=${sort}`);
        expect([sort_by, all.data.length, all.meta.total_count]).toEqual([sort_by, count, count]);
        const first = await v4List(app, `limit=100&sort_by=${sort_by}&sort=${sort}`);
        const second = await v4List(app, `limit=100&page=2&sort_by=${sort_by}&sort=${sort}`);
        expect([...first.data, ...second.data]).toEqual(all.data.slice(0, 200));
      }
    const { data } = await v4List(app);
    for (const document of data) expectShown(document);
    const found = await v4List(app, 'search=TEXT&limit=1000');
    expect(found.data.map(({ _id }) => _id)).toEqual(expect.arrayContaining(['old-name-4', 'old-all-4']));
  });

  it('are read, replaced and removed, one by one and in bulk', async () => {
    const { data } = await v4List(app);
    const nameable = data.filter(({ _id }) => _id !== '' && !_id.startsWith('{'));
    for (const { _id } of nameable) {
      const answer = await app.request('GET', path(_id));
      expect([_id, answer.status]).toEqual([_id, 200]);
    }
    const some = nameable.filter((_document, at) => at % 2 === 0);
    for (const { _id } of some.slice(0, 80)) {
      const json = v4Body();
      const answer = await app.request('PUT', path(_id), { json });
      expect([_id, answer.status]).toEqual([_id, 200]);
      expect(answer.json).toMatchObject({ _id, name: json.name, pattern: json.pattern });
    }
    const changes = nameable.slice(0, 120).map(({ _id }) => ({ ...v4Body(), _id }));
    const changed = await app.request('PUT', V4_BULK, { json: changes });
    expect([changed.status, changed.status === 200 ? '' : changed.text]).toEqual([200, '']);
    for (const change of changes.slice(0, 10))
      expect((await app.request('GET', path(change._id))).json).toMatchObject({ name: change.name });
    for (const { _id } of nameable.slice(0, 20))
      expect((await app.request('DELETE', path(_id))).status).toBe(204);
    const ids = nameable.slice(20).map(({ _id }) => _id);
    const removed = await app.request('DELETE', V4_BULK, { json: { ids } });
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await v4List(app)).data.length).toBe(data.length - nameable.length);
  });

  it('that have the pattern of an older one are read, change it, or go, and keep it from nobody', async () => {
    const pattern = { connector: 'twin' };
    const twin = (_id: string, created: number): Document => ({
      _id,
      pattern,
      expected_interval: '1h',
      created,
    });
    await insert([twin('younger', 20), twin('older', 10), twin('youngest', 30)]);
    // They are completed when they are first looked for, or by the rounds of the engine.
    await eventually(async () => {
      const found = await database.heartbeats((heartbeats) =>
        heartbeats.findOne({ repeats: { $type: 'string' } }),
      );
      expect(found).not.toBeNull();
    });
    for (const _id of ['older', 'younger', 'youngest'])
      expect((await app.request('GET', path(_id))).json).toMatchObject({ _id, pattern });
    const taken = expect.stringMatching(/^Pattern already exists/) as string;
    const kept = await app.request('PUT', path('younger'), { json: { ...v4Body(), pattern } });
    expect(kept).toMatchObject({ status: 400, json: { errors: { pattern: taken } } });
    const inBulk = [{ ...v4Body(), pattern, _id: 'youngest' }];
    expect(await app.request('PUT', V4_BULK, { json: inBulk })).toMatchObject({
      status: 400,
      json: { errors: { '0.pattern': taken } },
    });
    expect((await app.request('PUT', path('older'), { json: { ...v4Body(), pattern } })).status).toBe(200);
    expect((await app.request('PUT', path('younger'), { json: v4Body() })).status).toBe(200);
    expect((await app.request('DELETE', path('youngest'))).status).toBe(204);
  });

  it('that come while it runs are served too, and are as they were after a bulk that was refused', async () => {
    const documents = oddDocuments('new');
    await insert(documents);
    const stored = (): Promise<Document[]> =>
      database.heartbeats((heartbeats) =>
        heartbeats.find({ _id: /^new-/ } as object, { projection: { pattern: 1, name: 1 } }).toArray(),
      );
    expect((await v4List(app)).data.filter(({ _id }) => _id.startsWith('new-'))).toHaveLength(
      documents.length,
    );
    const before = await stored();
    const { name } = await v4Create(app);
    const refused = documents.slice(0, 100).map(({ _id }) => ({ ...v4Body(), _id }));
    const answer = await app.request('PUT', V4_BULK, {
      json: [...refused, v4Body({ _id: 'new-nothing', name: name as string })],
    });
    expect(answer).toMatchObject({ status: 400 });
    expect(await stored()).toEqual(before);
    const json = documents.map(({ _id }) => ({ ...v4Body(), _id }));
    const changed = await app.request('PUT', V4_BULK, { json });
    expect([changed.status, changed.status === 200 ? '' : changed.text]).toEqual([200, '']);
  });
});
