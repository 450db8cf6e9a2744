import type { mongo } from 'mongoose';
import { DialectName, dialectOf } from '../../src/domain/dialect';
import type { StoredHeartbeat } from '../../src/heartbeat/heartbeat.schema';
import { withHeartbeats } from '../../src/migration/heartbeat-store';
import { importHeartbeats } from '../../src/migration/import';
import { linesOf } from '../../src/migration/lines';
import { Report } from '../../src/migration/report';
import { startTestApplication } from '../support/application';
import { at } from '../support/at';
import { HEARTBEATS, create } from '../support/canopsis';
import { Document, TestDatabase, startTestDatabase } from '../support/database';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
const canopsis3 = {
  _id: 'a9807256ef7e2a138a1caa204accc792',
  pattern: { connector: 'heartbeat_test_1', connector_name: 'heartbeat_test_1_name' },
  expected_interval: '1m',
};
const canopsis4 = {
  _id: 'cf7097b6-71ba-48db-a749-e9474aa70c93',
  pattern: { connector: 'connect', connector_name: 'c01' },
  expected_interval: '1h',
  author: 'créateur',
  name: 'Heartbeat',
  description: 'Ceci est une description',
  output: 'Une note',
  created: 1_607_680_814,
  updated: 1_607_680_815,
};
const rule = (_id: string, a: string, more: object = {}): object => ({
  ...{ _id, pattern: { a }, expected_interval: '10s', ...more },
});

type Heartbeats = mongo.Collection<StoredHeartbeat>;

/** A server may do unordered writes in any order: this one begins with the last. */
const backwards = (heartbeats: Heartbeats): Heartbeats =>
  new Proxy(heartbeats, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      if (property !== 'bulkWrite') return value.bind(target) as unknown;
      return async (operations: mongo.AnyBulkWriteOperation<StoredHeartbeat>[]) => {
        try {
          return await target.bulkWrite(operations.toReversed(), { ordered: false });
        } catch (error) {
          const { code, writeErrors } = error as mongo.MongoBulkWriteError;
          const turned = [writeErrors].flat().map((each) => ({
            code: each.code,
            index: operations.length - 1 - each.index,
          }));
          throw Object.assign(new Error('duplicate key'), { code, writeErrors: turned });
        }
      };
    },
  });

describe('an import', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await startTestDatabase();
  });
  afterEach(() => database.close());

  /** @returns the lines of the report */
  async function importLines(
    lines: readonly unknown[],
    dialect: DialectName = 'canopsis-4',
    through: (heartbeats: Heartbeats) => Heartbeats = (heartbeats) => heartbeats,
  ): Promise<string[]> {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    let told = '';
    const report = new Report((more) => {
      told += more;
      return Promise.resolve();
    });
    const source = (async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(text));
    })();
    const options = { mongodbUri: database.uri, dataDir: 'unused', dialect };
    await withHeartbeats(options, (opened) => {
      const store = { ...opened, heartbeats: through(opened.heartbeats) };
      return importHeartbeats(linesOf(source), store, dialectOf(dialect), report, () => undefined);
    });
    await report.finish();
    return told.split('\n').slice(0, -1);
  }

  const stored = (): Promise<Document[]> =>
    database.heartbeats((collection) => collection.find().sort({ inserted: 1 }).toArray());
  const remove = (_id: string): Promise<unknown> =>
    database.heartbeats((collection) => collection.deleteOne({ _id } as object));

  it('takes all three forms, in the order of the file', async () => {
    const old = { _id: { $oid: '5c1a' }, mappings: [{ a: '1' }, { a: '2' }], maxduration: '10s' };
    expect(await importLines([canopsis4, '', canopsis3, old])).toEqual(['imported 4, skipped 0, refused 0']);
    const [first, second, third, fourth] = await stored();
    expect(first).toMatchObject({ ...canopsis4, interval_seconds: 3_600 });
    expect(second).toMatchObject({ ...canopsis3, interval_seconds: 60 });
    expect(second?.created).toBeGreaterThan(1_700_000_000);
    expect(second?.updated).toBe(second?.created);
    expect(third).toMatchObject({ pattern: { a: '1' }, expected_interval: '10s', interval_seconds: 10 });
    expect(fourth).toMatchObject({ pattern: { a: '2' }, expected_interval: '10s' });
    expect(third?._id).toMatch(UUID);
  });

  it('gives the ids of the dialect where there are none', async () => {
    const mappings = [{ connector: 'c2', connector_name: 'connector2' }];
    await importLines([{ mappings, maxduration: '15m' }], 'canopsis-3');
    expect((await stored()).map(({ _id }) => _id)).toEqual(['3d071cb49acce44040b35ed8c6714ef1']);
  });

  it('stores exactly what the API stores', async () => {
    const app = await startTestApplication({ mongodbUri: database.uri });
    try {
      const pattern = { b: 'é', a: '', _bsontype: 'ObjectId', constructor: 'x' };
      const json = { pattern, expected_interval: '2h', name: 'n', author: null };
      const id = await create(app, json);
      const byApi = at(await stored(), 0);
      await remove(id);
      const { created, updated } = byApi;
      await importLines([{ ...json, _id: id, created, updated }]);
      const [imported] = await stored();
      expect({ ...imported, inserted: 0 }).toEqual({ ...byApi, inserted: 0 });
      expect(imported?.inserted).toBeGreaterThan(byApi.inserted as number);
    } finally {
      await app.close();
    }
  });

  it('of the same file again imports nothing and refuses nothing', async () => {
    const lines = [
      { ...canopsis4, created: { $numberLong: '1607680814' }, updated: { $date: '2020-12-11T10:00:15Z' } },
      canopsis3,
      rule('texts', 'texts', { name: '', output: null }),
      { mappings: [{ a: '1' }, { a: '2' }], maxduration: '10s' },
    ];
    expect(await importLines(lines)).toEqual(['imported 5, skipped 0, refused 0']);
    const before = await stored();
    expect(await importLines(lines)).toEqual([
      'line 1: skipped: already there',
      'line 2: skipped: already there',
      'line 3: skipped: already there',
      expect.stringMatching(/^line 4, mapping 1: skipped: its pattern belongs to /),
      expect.stringMatching(/^line 4, mapping 2: skipped: its pattern belongs to /),
      'imported 0, skipped 5, refused 0',
    ]);
    expect(await stored()).toEqual(before);
  });

  it('overwrites nothing', async () => {
    await importLines([rule('a', '1', { name: 'n', created: 5 }), rule('b', '2')]);
    const before = await stored();
    const report = await importLines([
      rule('a', '1', { name: 'n', created: 6 }),
      rule('a', '1'),
      rule('a', '1', { name: 'n', expected_interval: '11s', author: 'x' }),
      rule('a', '2', { name: 'n' }),
      rule('c', '2'),
      rule('a', '1', { name: 'n' }),
    ]);
    expect(report).toEqual([
      'line 1: refused: the id a belongs to a heartbeat with another created',
      'line 2: refused: the id a belongs to a heartbeat with another name',
      'line 3: refused: the id a belongs to a heartbeat with another expected_interval, author',
      'line 4: refused: the id a belongs to a heartbeat with another pattern',
      'line 5: skipped: its pattern belongs to b',
      'line 6: skipped: already there',
      'imported 0, skipped 2, refused 4',
    ]);
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['as they come', undefined],
    ['the other way round', backwards],
  ])('lets the first of a file win where the server writes %s', async (_order, through) => {
    await importLines([rule('taken', '0')]);
    const lines = [
      rule('first', '1'),
      rule('first', '1'),
      rule('second', '1'),
      rule('first', '2'),
      rule('third', '2'),
      rule('taken', '3'),
      rule('fourth', '3'),
      rule('fifth', '3'),
    ];
    const report = await importLines(lines, 'canopsis-4', through);
    expect(report).toEqual([
      'line 2: skipped: already there',
      'line 3: skipped: its pattern belongs to first',
      'line 4: refused: the id first belongs to a heartbeat with another pattern',
      'line 6: refused: the id taken belongs to a heartbeat with another pattern',
      'line 8: skipped: its pattern belongs to fourth',
      'imported 3, skipped 3, refused 2',
    ]);
    expect((await stored()).map(({ _id }) => _id)).toEqual(['taken', 'first', 'third', 'fourth']);
  });

  it('knows a pattern in whatever order it is written, and two that share an md5 apart', async () => {
    const report = await importLines(
      [
        '{"_id":"a","pattern":{"x":"1","y":"2"},"expected_interval":"1s"}',
        '{"_id":"a","pattern":{"y":"2","x":"1"},"expected_interval":"1s"}',
        { mappings: [{ ab: 'c' }, { a: 'bc' }], maxduration: '1s' },
      ],
      'canopsis-3',
    );
    expect(report).toEqual([
      'line 2: skipped: already there',
      expect.stringMatching(
        /^line 3, mapping 2: refused: the id [0-9a-f]{32} belongs to a heartbeat with another pattern$/,
      ),
      'imported 2, skipped 1, refused 1',
    ]);
  });

  it('knows heartbeats that another program left there', async () => {
    const twin = { ...canopsis3, _id: 'twin' };
    await database.heartbeats((collection) => collection.insertMany([canopsis3, twin]));
    expect(await importLines([canopsis3, twin, { ...canopsis3, _id: 'new' }])).toEqual([
      'line 1: skipped: already there',
      'line 2: skipped: already there',
      `line 3: skipped: its pattern belongs to ${canopsis3._id}`,
      'imported 0, skipped 3, refused 0',
    ]);
  });

  it('goes on after a line that is refused', async () => {
    expect(await importLines(['{', rule('a', '1'), '[{}]', { _id: 'b' }, rule('c', '3')])).toEqual([
      expect.stringMatching(/^line 1: refused: not JSON: /),
      expect.stringMatching(/^line 3: refused: this is a JSON array/),
      expect.stringMatching(/^line 4: refused: pattern must be /),
      'imported 2, skipped 0, refused 3',
    ]);
  });

  it.each([
    ['on one line', [`[${JSON.stringify(canopsis3)}]`]],
    ['on many', ['', '[', JSON.stringify(canopsis3), ']']],
  ])('refuses an array %s with one complaint', async (_how, lines) => {
    expect(await importLines(lines)).toEqual([
      expect.stringMatching(/^line [12]: refused: this is a JSON array; JSON Lines are needed/),
      'imported 0, skipped 0, refused 1',
    ]);
    expect(await stored()).toEqual([]);
  });

  it('splits many mappings into batches', async () => {
    const mappings = Array.from({ length: 1_234 }, (_, n) => ({ n: `${n}` }));
    expect(await importLines([{ mappings, maxduration: '10s' }])).toEqual([
      'imported 1234, skipped 0, refused 0',
    ]);
    expect((await stored()).map(({ pattern }) => pattern)).toEqual(mappings);
  });

  it('refuses what the API refuses, and takes what it takes', async () => {
    const app = await startTestApplication();
    try {
      const bodies = [
        ...['1s', '0s', '87600h', '87601h', '1 s', '1S', '', null].map((expected_interval, n) => ({
          ...{ pattern: { n: `${n}` }, expected_interval },
        })),
        ...[
          {},
          null,
          [],
          'a',
          { '': 'a' },
          { 'a.b': 'a' },
          { $a: 'a' },
          { a: null },
          { constructor: '' },
        ].map((pattern) => ({ pattern, expected_interval: '1s' })),
        ...[null, '', 'é', 0, false, []].map((name, n) => ({
          ...{ pattern: { name: `${n}` }, expected_interval: '1s', name },
        })),
      ];
      const report = await importLines(bodies.map((body, n) => ({ _id: `${n}`, ...body })));
      for (const [n, json] of bodies.entries()) {
        const { status } = await app.request('POST', HEARTBEATS, { json });
        const isRefused = report.some((line) => line.startsWith(`line ${n + 1}: refused: `));
        expect([json, isRefused]).toEqual([json, status === 400]);
      }
    } finally {
      await app.close();
    }
  });
});
