import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { startTestDatabase, TestDatabase } from '../support/database';
import { HEARTBEATS, create, expectAnswer, heartbeat, list, read, removeAll } from '../support/canopsis';

const SECOND = 1_600_000_000;

/** Two applications, one of each generation, on one database. */
describe.each<[HttpFramework]>([['fastify'], ['express']])('the dialects side by side on %s', (framework) => {
  let database: TestDatabase;
  let three: TestApplication;
  let four: TestApplication;
  let now = SECOND * 1000;
  beforeAll(async () => {
    // One clock for both, which stays within a second for as long as a test goes on.
    const clock = { now: (): number => (now += 1) };
    database = await startTestDatabase();
    const options = { framework, mongodbUri: database.uri, clock };
    three = await startTestApplication({ ...options, dialect: 'canopsis-3' });
    four = await startTestApplication({ ...options, dialect: 'canopsis-4' });
  });
  beforeEach(async () => {
    await removeAll(four);
    now = SECOND * 1000;
  });
  afterAll(async () => {
    await three.close();
    await four.close();
    await database.close();
  });

  it('canopsis-3 stores the texts that it does not show', async () => {
    const texts = { author: 'a', name: 'n', description: 'd', output: 'o' };
    const body = heartbeat(texts);
    const id = await create(three, body);
    expect(await read(three, id)).toStrictEqual({ _id: id, pattern: body.pattern, expected_interval: '10s' });
    const shown = { ...body, _id: id, created: SECOND, updated: SECOND };
    expect(await read(four, id)).toStrictEqual(shown);
    expect(await list(four)).toStrictEqual([shown]);
    expectAnswer(await three.request('GET', `${HEARTBEATS}?search=N&sort_by=author`), [
      200,
      {
        data: [{ _id: id, pattern: body.pattern, expected_interval: '10s' }],
        meta: { page: 1, per_page: 10, page_count: 1, total_count: 1 },
      },
    ]);
  });

  it('canopsis-4 shows exactly the texts that were given', async () => {
    const body = heartbeat({ author: null, name: 'n', description: '' });
    const id = await create(four, body);
    expect(await read(four, id)).toStrictEqual({
      _id: id,
      pattern: body.pattern,
      expected_interval: '10s',
      name: 'n',
      description: '',
      created: SECOND,
      updated: SECOND,
    });
  });

  it('canopsis-3 lists the oldest first, canopsis-4 the newest first, in one second too', async () => {
    const ids: string[] = [];
    // The clock was set back since the tests before, and each application goes on from the latest time it has used.
    now += 60_000;
    for (let n = 0; n < 20; n++) {
      if (n === 10) now += 1000;
      ids.push(await create(n % 2 === 0 ? three : four));
    }
    const idsOf = async (app: TestApplication): Promise<unknown[]> => (await list(app)).map(({ _id }) => _id);
    expect(await idsOf(three)).toEqual(ids);
    expect(await idsOf(four)).toEqual([...ids].reverse());
  });

  it('have the same pattern once between them', async () => {
    const body = heartbeat();
    await create(three, body);
    expect((await four.request('POST', HEARTBEATS, { json: body })).json).toHaveProperty(
      'description',
      'heartbeat pattern already exists',
    );
  });
});
