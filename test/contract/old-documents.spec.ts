import { MATRIX, TestApplication, startTestApplication } from '../support/application';
import { at } from '../support/at';
import { startTestDatabase, Document, TestDatabase } from '../support/database';
import { ERRORS, HEARTBEATS, create, done, expectAnswer, heartbeat, list, read } from '../support/canopsis';
import { RememberingLogger } from '../support/log';
import { eventually } from '../support/eventually';

const LONG_AGO = 1_500_000_000;

/** What Canopsis 3.x stored: an md5 id, and no times. */
const ofCanopsis3 = (n: number): Document => ({
  _id: `${n}`.padStart(32, 'a'),
  pattern: { connector: 'three', number: `${n}` },
  expected_interval: `${n + 1}s`,
});

/** What Canopsis 4.x stored: a UUID, texts and times. */
const ofCanopsis4 = (n: number): Document => ({
  _id: `00000000-0000-4000-8000-${`${n}`.padStart(12, '0')}`,
  pattern: { connector: 'four', number: `${n}` },
  expected_interval: `${n + 1}m`,
  author: 'root',
  name: `name ${n}`,
  description: 'description',
  output: 'output',
  created: LONG_AGO + n,
  updated: LONG_AGO + n,
});

const some = (count: number, make: (n: number) => Document): Document[] =>
  Array.from({ length: count }, (_, n) => make(n));
const threeFields = ({ _id, pattern, expected_interval }: Document): Partial<Document> => ({
  _id,
  pattern,
  expected_interval,
});

/** What is stored does not depend on the framework: each has one dialect here. */
describe.each(
  MATRIX.filter(([framework, dialect]) => (framework === 'fastify') === (dialect === 'canopsis-4')),
)('documents of old on %s in %s', (framework, dialect) => {
  const canopsis4 = dialect === 'canopsis-4';
  let database: TestDatabase;
  let app: TestApplication | undefined;
  let logger: RememberingLogger;
  beforeEach(async () => {
    database = await startTestDatabase();
    logger = new RememberingLogger();
  });
  afterEach(async () => {
    await app?.close();
    await database.close();
  });

  async function startWith(...documents: Document[]): Promise<TestApplication> {
    await database.heartbeats((collection) => collection.insertMany(documents));
    app = await startTestApplication({
      ...{ framework, dialect, mongodbUri: database.uri, logger },
      // The engine would learn the same documents at the same time; here the API alone is looked at.
      env: { ROLE: 'api' },
    });
    return app;
  }
  const stored = (): Promise<Document[]> => database.heartbeats((collection) => collection.find().toArray());
  const post = (json: unknown): ReturnType<TestApplication['request']> =>
    (app as TestApplication).request('POST', HEARTBEATS, { json });

  it('of Canopsis 3 are served as they are, and unique', async () => {
    const documents = some(5, ofCanopsis3);
    const served = await startWith(...documents);
    const times = { created: expect.any(Number) as number, updated: expect.any(Number) as number };
    const shown = documents.map((document) => ({ ...document, ...(canopsis4 && times) }));
    expect(await list(served)).toStrictEqual(canopsis4 ? shown.reverse() : shown);

    const [{ _id, pattern }] = documents as [Document];
    expectAnswer(await post({ pattern, expected_interval: '1h' }), ERRORS.patternExists);
    const path = `${HEARTBEATS}/${_id as string}`;
    const json = { pattern, expected_interval: '1h', name: 'n' };
    expectAnswer(await served.request('PUT', path, { json }), done('updated', _id as string));
    expectAnswer(await served.request('DELETE', path), done('removed', _id as string));
    expectAnswer(await post({ pattern, expected_interval: '1h' }), [
      200,
      { name: 'heartbeat created', description: expect.any(String) as string },
    ]);
  });

  it('of Canopsis 4 are served as they are, and unique', async () => {
    const documents = some(5, ofCanopsis4);
    const served = await startWith(...[...documents].reverse());
    expect(await list(served)).toStrictEqual(
      canopsis4 ? [...documents].reverse() : documents.map(threeFields),
    );
    const [{ _id, pattern }] = documents as [Document];
    const number = (pattern as Record<string, string>).number;
    const turned = { number, connector: 'four' };
    expectAnswer(await post({ pattern: turned, expected_interval: '1h' }), ERRORS.patternExists);
    const json = { pattern: turned, expected_interval: '1h' };
    await served.request('PUT', `${HEARTBEATS}/${_id as string}`, { json });
    if (canopsis4) {
      const { created, updated } = await read(served, _id as string);
      expect(created).toBe(LONG_AGO);
      expect(updated).toBeGreaterThan(LONG_AGO);
    }
  });

  it('get whole seconds where they have fractions', async () => {
    const served = await startWith({ ...ofCanopsis4(1), created: LONG_AGO + 0.5, updated: LONG_AGO + 1.9 });
    const times = canopsis4 && { created: LONG_AGO, updated: LONG_AGO + 1 };
    expect(await list(served)).toStrictEqual([
      { ...(canopsis4 ? ofCanopsis4(1) : threeFields(ofCanopsis4(1))), ...times },
    ]);
    expect(await stored()).toMatchObject([{ created: LONG_AGO, updated: LONG_AGO + 1 }]);
  });

  it('come before what is created afterwards, and are sorted by duration with it', async () => {
    const served = await startWith(...some(2, ofCanopsis3), ...some(2, ofCanopsis4));
    const id = await create(served, heartbeat({ expected_interval: '90s' }));
    const listed = (await list(served)).map(({ _id }) => _id);
    expect(canopsis4 ? listed[0] : listed.at(-1)).toBe(id);
    const answer = await served.request('GET', `${HEARTBEATS}?sort_by=expected_interval&sort=asc`);
    const { data } = answer.json as { data: Document[] };
    expect(data.map(({ expected_interval }) => expected_interval)).toEqual(['1s', '2s', '1m', '90s', '2m']);
  });

  it('that have the same pattern stay; the oldest keeps it and the log names the others', async () => {
    const pattern = { a: '1', b: '2' };
    const [first, second, third] = [
      { ...ofCanopsis4(1), pattern },
      { ...ofCanopsis4(2), pattern: { b: '2', a: '1' } },
      { ...ofCanopsis4(3), pattern },
    ] as [Document, Document, Document];
    const served = await startWith(third, second, ofCanopsis4(4), first);
    const idOf = ({ _id }: Document): string => _id as string;
    const [warning] = logger.lines.filter((line) => line.includes(idOf(second)));
    expect(warning).toContain(idOf(third));
    expect(warning).not.toContain(idOf(first));
    expect(await list(served)).toHaveLength(4);
    for (const { _id, pattern } of [first, second, third]) {
      expect(await read(served, _id as string)).toMatchObject({ pattern });
    }

    const path = `${HEARTBEATS}/${idOf(second)}`;
    expectAnswer(await post({ pattern, expected_interval: '1h' }), ERRORS.patternExists);
    const own = { pattern, expected_interval: '1h' };
    expectAnswer(await served.request('PUT', path, { json: own }), ERRORS.patternExists);
    expectAnswer(
      await served.request('PUT', `${HEARTBEATS}/${idOf(first)}`, { json: own }),
      done('updated', idOf(first)),
    );
    expectAnswer(await served.request('PUT', path, { json: heartbeat() }), done('updated', idOf(second)));
    expectAnswer(
      await served.request('DELETE', `${HEARTBEATS}/${idOf(third)}`),
      done('removed', idOf(third)),
    );
  });

  it('of Canopsis 3 are older than those of Canopsis 4', async () => {
    const pattern = { same: 'pattern' };
    const young = { ...ofCanopsis4(1), pattern };
    const old = { ...ofCanopsis3(1), pattern };
    await startWith(young, old);
    expect(logger.lines.filter((line) => line.includes(young._id as string))).toHaveLength(1);
    expect(logger.lines.filter((line) => line.includes(old._id as string))).toEqual([]);
  });

  it('in any number are complete before the first answer', async () => {
    const documents = [...some(1250, ofCanopsis3), ...some(1250, ofCanopsis4)];
    const served = await startWith(...documents);
    expectAnswer(await post(threeFields(at(documents, 1249))), ERRORS.patternExists);
    expectAnswer(await post(threeFields(at(documents, 2499))), ERRORS.patternExists);
    // A busy machine may take longer to list so many than a call waits for.
    await eventually(async () => expect(await list(served)).toHaveLength(2500));
    const all = await stored();
    expect(all.filter(({ inserted }) => typeof inserted !== 'number')).toEqual([]);
    expect(all.filter(({ pattern_key }) => typeof pattern_key !== 'string')).toEqual([]);
    expect(new Set(all.map(({ pattern_key }) => pattern_key)).size).toBe(2500);
    expect(logger.lines.filter((line) => line.includes('completed 2500 heartbeats'))).toHaveLength(1);
  });

  it('that went wrong are shown and can be removed, and keep nobody else from being served', async () => {
    const wrong: Document[] = [
      { expected_interval: '10s' },
      { pattern: {}, expected_interval: '10s' },
      { pattern: 'text', expected_interval: '10s' },
      { pattern: { a: 1 }, expected_interval: '10s' },
      { pattern: { a: { b: 'c' } }, expected_interval: '10s' },
      { pattern: { a: null }, expected_interval: '10s' },
      { pattern: null },
      { pattern: ['a'], expected_interval: 10 },
      { pattern: { a: 'number' }, expected_interval: 10 },
      { pattern: { a: 's' }, expected_interval: 's' },
      { pattern: { a: 'newline' }, expected_interval: '10s\n' },
      { pattern: { a: 'zero' }, expected_interval: '0s', name: 7, author: ['x'], output: { a: 1 } },
      { pattern: { a: 'times' }, expected_interval: '10s', created: 'yesterday', updated: null },
    ].map((fields, n) => ({ _id: `wrong-${n}`, ...fields }));
    const served = await startWith(...wrong, ofCanopsis4(1));
    expect(await list(served)).toHaveLength(wrong.length + 1);
    for (const sort of ['_id', 'name', 'author', 'expected_interval', 'created', 'updated']) {
      const page = await served.request('GET', `${HEARTBEATS}?limit=100&search=wrong&sort_by=${sort}`);
      expect([page.status, (page.json as { data: unknown[] }).data.length]).toEqual([200, wrong.length]);
    }
    await create(served);
    for (const { _id } of wrong) {
      const path = `${HEARTBEATS}/${_id as string}`;
      expect((await served.request('GET', path)).json).toMatchObject({ _id });
      expectAnswer(await served.request('DELETE', path), done('removed', _id as string));
    }
    expect(await list(served)).toHaveLength(2);
  });

  it('show none of the fields that only the database has', async () => {
    const served = await startWith(...some(3, ofCanopsis3), ...some(3, ofCanopsis4), {
      ...ofCanopsis4(9),
      foreign: 1,
    });
    await create(served);
    const page = await served.request('GET', `${HEARTBEATS}?limit=100`);
    const shown = [...(await list(served)), ...(page.json as { data: Document[] }).data];
    for (const { _id } of await list(served)) shown.push(await read(served, _id as string));
    const allowed = ['_id', 'pattern', 'expected_interval'];
    if (canopsis4) allowed.push('author', 'name', 'description', 'output', 'created', 'updated');
    expect(shown).toHaveLength(24);
    expect(
      shown.flatMap((document) => Object.keys(document)).filter((key) => !allowed.includes(key)),
    ).toEqual([]);
  });
});
