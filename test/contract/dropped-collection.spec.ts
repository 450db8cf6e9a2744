import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat, list } from '../support/canopsis';
import { V4, v4Body, v4Create } from '../support/canopsis-v4';
import { type Document, type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { RememberingLogger } from '../support/log';

const GONE = 'indexes of the heartbeats are gone';

describe('a collection that is dropped', () => {
  let database: TestDatabase;
  let app: TestApplication | undefined;
  let logger: RememberingLogger;
  beforeEach(async () => {
    database = await startTestDatabase();
    logger = new RememberingLogger();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await database.close();
  });

  async function start(role: 'api' | 'all'): Promise<TestApplication> {
    app = await startTestApplication({ mongodbUri: database.uri, logger, env: { ROLE: role } });
    return app;
  }
  const stored = (): Promise<Document[]> =>
    database.heartbeats((collection) => collection.find().sort({ _id: 1 }).toArray());
  const indexesOf = (name: string): Promise<string[]> =>
    database.collection(name, async (collection) =>
      (await collection.indexes()).map((index) => index.name ?? '').sort(),
    );
  /** Drops it, and stores these in its place without indexes: again, where the application was quicker. */
  const replaceBy = (documents: readonly Document[]): Promise<void> =>
    eventually(() =>
      database.heartbeats(async (collection) => {
        await collection.drop();
        return collection.insertMany([...documents]);
      }),
    );

  it('and restored without what we add is completed again, in a process without an engine', async () => {
    const served = await start('api');
    const indexes = await indexesOf('heartbeat');
    const imported = heartbeat({ pattern: { connector: 'imported' } });
    const twins = heartbeat({ pattern: { connector: 'twins' } });
    await create(served, imported);
    await create(served, twins);
    const [first, second] = await stored().then((all) =>
      ['imported', 'twins'].map((connector) =>
        all.find(({ pattern }) => (pattern as { connector: string }).connector === connector),
      ),
    );
    const { pattern_key, inserted, interval_seconds, ...bare } = first as Document;
    expect([typeof pattern_key, typeof inserted, interval_seconds]).toEqual(['string', 'number', 10]);
    // Without its index nothing keeps three from having one key.
    const three = [300, 100, 200].map((created) => ({ ...second, _id: `${created}`, created }));
    await replaceBy([{ ...bare, _id: 'bare' }, ...three]);

    await eventually(async () => expect(await indexesOf('heartbeat')).toEqual(indexes));
    await eventually(async () => expect((await stored()).filter((each) => each.repeats)).toHaveLength(2));
    for (const json of [imported, twins]) {
      expectAnswer(await served.request('POST', HEARTBEATS, { json }), ERRORS.patternExists);
    }
    const all = await stored();
    expect(all.filter(({ pattern_key: key }) => key).map(({ _id }) => _id)).toEqual(['100', 'bare']);
    expect(all.find(({ _id }) => _id === 'bare')).toMatchObject({ pattern_key, interval_seconds });
    expect(logger.lines.filter((line) => line.includes(GONE))).toHaveLength(1);
    expect(logger.lines.join('\n')).toContain('which alone counts: 200, 300');
  });

  it('leaves twins behind that a start takes for what they are', async () => {
    const served = await start('api');
    await create(served);
    await served.close();
    const [one] = await stored();
    await replaceBy(['b', 'a', 'c'].map((_id, created) => ({ ...one, _id, created: created + 1 })));
    await eventually(async () => expect(await list(await start('api'))).toHaveLength(3));
    expect((await stored()).map(({ repeats }) => typeof repeats)).toEqual(['string', 'undefined', 'string']);
  });

  it('takes names along, which version 4 still gives to no other', async () => {
    const served = await start('api');
    await v4Create(served, { name: 'one', pattern: { connector: '1' } });
    await v4Create(served, { name: 'two', pattern: { connector: '2' } });
    const [one, two] = await stored();
    const { name, name_key } = one as Document;
    await replaceBy([one, { ...two, name, name_key }] as Document[]);
    await eventually(() => logger.lines.some((line) => line.includes(GONE)));
    await eventually(async () => {
      const json = v4Body({ name: name as string, pattern: { connector: '3' } });
      expect((await served.request('POST', V4, { json })).status).toBe(400);
    });
    expect(await stored()).toHaveLength(2);
  });

  it.each(['heartbeat', 'heartbeat_state'])('gets its indexes back with an engine: %s', async (name) => {
    const served = await start('all');
    await create(served);
    // What makes indexes at a start has done so.
    for (const done of ['hears events', 'the overview of'])
      await eventually(() => logger.lines.some((line) => line.includes(done)));
    const indexes = await indexesOf(name);
    await database.collection(name, (collection) => collection.drop());
    await eventually(async () => expect(await indexesOf(name)).toEqual(indexes));
    expect(indexes.length).toBeGreaterThan(1);
  });
});
