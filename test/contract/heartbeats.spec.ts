import { MATRIX, TestApplication, startTestApplication } from '../support/application';
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

const TEXTS = { author: 'créateur', name: 'Ñame 😀', description: 'multi\nline', output: '' };
const TIMES = { created: expect.any(Number) as number, updated: expect.any(Number) as number };

describe.each(MATRIX)('heartbeats on %s in %s', (framework, dialect) => {
  const canopsis4 = dialect === 'canopsis-4';
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework, dialect });
  });
  afterAll(() => app.close());

  it('are created, read, listed, replaced and removed', async () => {
    const body = heartbeat(TEXTS);
    const created = await app.request('POST', HEARTBEATS, { json: body });
    const id = (created.json as { description: string }).description;
    expectAnswer(created, done('created', id));

    const { pattern, expected_interval } = body;
    const shown = { _id: id, pattern, expected_interval, ...(canopsis4 && { ...TEXTS, ...TIMES }) };
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}`), [200, shown]);
    expectAnswer(await app.request('GET', HEARTBEATS), [200, [shown]]);

    const next = heartbeat({ expected_interval: '2h' });
    expectAnswer(await app.request('PUT', `${HEARTBEATS}/${id}`, { json: next }), done('updated', id));
    const replaced = { _id: id, pattern: next.pattern, expected_interval: '2h', ...(canopsis4 && TIMES) };
    expectAnswer(await app.request('GET', `${HEARTBEATS}/${id}`), [200, replaced]);

    expectAnswer(await app.request('DELETE', `${HEARTBEATS}/${id}`), done('removed', id));
    expectAnswer(await app.request('GET', HEARTBEATS), [200, []]);
  });

  it.each([
    ['GET', undefined],
    ['PUT', heartbeat()],
    ['DELETE', undefined],
  ])('are not found by %s with an id that none has', async (method, json) => {
    expectAnswer(await app.request(method, `${HEARTBEATS}/nobody`, { json }), notFound('nobody'));
  });

  it('are served with a slash at the end too', async () => {
    const body = heartbeat();
    const created = await app.request('POST', `${HEARTBEATS}/`, { json: body });
    const id = (created.json as { description: string }).description;
    expectAnswer(created, done('created', id));
    const path = `${HEARTBEATS}/${id}/`;
    expect(await list(app)).toContainEqual((await app.request('GET', path)).json);
    expect((await app.request('GET', `${HEARTBEATS}/`)).json).toStrictEqual(await list(app));
    expect((await app.request('GET', `${HEARTBEATS}/?page=1`)).json).toHaveProperty('meta.total_count', 1);
    expectAnswer(await app.request('PUT', path, { json: body }), done('updated', id));
    expectAnswer(await app.request('DELETE', path), done('removed', id));
    expectAnswer(await app.request('DELETE', path), notFound(id));
  });

  it('can be created again once they are removed', async () => {
    const body = heartbeat();
    const id = await create(app, body);
    await app.request('DELETE', `${HEARTBEATS}/${id}`);
    expect(await read(app, await create(app, body))).toMatchObject({ pattern: body.pattern });
  });

  it('are the same when their patterns have the same keys and values in another order', async () => {
    const { connector } = heartbeat().pattern;
    await create(app, heartbeat({ pattern: { a: '1', b: '2', c: `${connector}` } }));
    const again = heartbeat({ pattern: { c: `${connector}`, b: '2', a: '1' }, expected_interval: '1h' });
    expectAnswer(await app.request('POST', HEARTBEATS, { json: again }), ERRORS.patternExists);
  });

  it('may have patterns that only look alike', async () => {
    await create(app, heartbeat({ pattern: { a: 'b', c: 'd' } }));
    await create(app, heartbeat({ pattern: { a: 'b.c:d' } }));
    await create(app, heartbeat({ pattern: { a: 'b","c":"d' } }));
  });

  it(`with one md5 id ${canopsis4 ? 'are two' : 'cannot both exist'}`, async () => {
    await create(app, heartbeat({ pattern: { ab: 'c' } }));
    const second = await app.request('POST', HEARTBEATS, { json: heartbeat({ pattern: { a: 'bc' } }) });
    if (canopsis4) expect(second.status).toBe(200);
    else expectAnswer(second, ERRORS.patternExists);
  });

  it('keep any text that UTF-8 can hold as it was sent', async () => {
    const pattern = { 'clé ': 'é', é: 'é', '😀': '\u{10FFFF}\uFEFF\u2028\0', ' ': '', 'a b': '"\\/\b' };
    const id = await create(app, heartbeat({ pattern }));
    const shown = await read(app, id);
    expect(shown.pattern).toStrictEqual(pattern);
  });

  it('have the order of their keys kept', async () => {
    const pattern = { zulu: '1', alpha: '2', mike: '3' };
    const id = await create(app, heartbeat({ pattern }));
    expect(Object.keys((await read(app, id)).pattern as object)).toEqual(['zulu', 'alpha', 'mike']);
  });

  it('of a thousand keys and of the longest pattern are heartbeats like others', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, `${i}`]));
    // As JSON: 64 KiB of UTF-8.
    const long = { a: 'é'.repeat((65_536 - '{"a":""}'.length) / 2) };
    for (const pattern of [many, long]) {
      const id = await create(app, heartbeat({ pattern }));
      expect((await read(app, id)).pattern).toStrictEqual(pattern);
      expectAnswer(
        await app.request('POST', HEARTBEATS, { json: heartbeat({ pattern }) }),
        ERRORS.patternExists,
      );
    }
    const json = heartbeat({ pattern: { a: `${long.a}x` } });
    expectAnswer(await app.request('POST', HEARTBEATS, { json }), ERRORS.invalidPayload);
  });
});
