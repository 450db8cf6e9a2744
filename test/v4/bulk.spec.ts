import type { HttpFramework } from '../../src/http/adapters';
import { type TestApplication, startTestApplication } from '../support/application';
import {
  ALL_MISSING,
  STRUCTURE,
  V4,
  V4_BULK,
  type V4Answered,
  asJson,
  expectV4,
  refused,
  v4Body,
  v4Create,
  v4List,
  v4Read,
  v4RemoveAll,
} from '../support/canopsis-v4';

const NAME_EXISTS = 'Name already exists';
const PATTERN_EXISTS = 'Pattern already exists';
const query = (...ids: string[]): string => ids.map((id) => `ids[]=${encodeURIComponent(id)}`).join('&');
const indexed = (index: number, errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([field, text]) => [`${index}.${field}`, text]));

describe.each<[HttpFramework]>([['fastify'], ['express']])('bulk calls of version 4 on %s', (framework) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterEach(() => v4RemoveAll(app));
  afterAll(() => app.close());

  const all = async (): Promise<V4Answered[]> => (await v4List(app, 'paginate=false&sort_by=_id')).data;
  const post = (json: unknown): ReturnType<TestApplication['request']> =>
    app.request('POST', V4_BULK, { json });
  const put = (json: unknown): ReturnType<TestApplication['request']> =>
    app.request('PUT', V4_BULK, { json });

  it('create, replace and remove many, in the order sent', async () => {
    const bodies = ['c', 'a', 'b'].map((_id) => v4Body({ _id, expected_interval: '120m' }));
    const created = await post(bodies);
    const documents = created.json as V4Answered[];
    expectV4(created, [
      201,
      bodies.map((body, at) => ({ ...documents[at], ...body, expected_interval: '2h', output: '' })),
    ]);
    expect(await all()).toEqual([...documents].sort((a, b) => (a._id < b._id ? -1 : 1)));
    for (const document of documents) expect(await v4Read(app, document._id)).toEqual(document);

    const changes = documents.map((document) => ({
      ...document,
      name: `${String(document.name)} new`,
      pattern: { x: document._id },
    }));
    const replaced = await put(changes);
    const expected = changes.map((change, at) => ({
      ...change,
      updated: (replaced.json as V4Answered[])[at]?.updated,
    }));
    expectV4(replaced, [200, expected]);
    expect(await all()).toEqual([...expected].sort((a, b) => (a._id < b._id ? -1 : 1)));
    // What they were called before is free again.
    expect(
      (await post(documents.map(({ _id, ...document }) => ({ ...document, _id: `${_id}2` })))).status,
    ).toBe(201);

    const removed = await app.request('DELETE', `${V4_BULK}?${query('a', 'c', 'a')}`);
    expect([removed.status, removed.text, removed.headers.get('content-type')]).toEqual([204, '', null]);
    expect((await all()).map(({ _id }) => _id)).toEqual(['a2', 'b', 'b2', 'c2']);
    const more = JSON.stringify({ ids: ['b', 'b2'] });
    expect((await app.request('DELETE', V4_BULK, asJson(more))).status).toBe(204);
    expect((await app.request('DELETE', `${V4_BULK}?ids%5B%5D=a2`, asJson('{'))).status).toBe(204);
    expect((await all()).map(({ _id }) => _id)).toEqual(['c2']);
  });

  it('say what is wrong with each item, and change nothing', async () => {
    const first = await v4Create(app, { _id: 'x' });
    for (const nothing of [{}, null])
      expectV4(await post([v4Body(), nothing]), refused(indexed(1, ALL_MISSING)));
    const [a, b] = [v4Body(), v4Body()];
    expectV4(await post([a, b, a]), refused({ '2.name': NAME_EXISTS }));
    expectV4(await post([a, { ...v4Body(), pattern: a.pattern }]), refused({ '1.pattern': PATTERN_EXISTS }));
    expectV4(
      await post([
        { ...a, _id: 'y' },
        { ...b, _id: 'y' },
      ]),
      refused({ '1._id': 'ID already exists' }),
    );
    expectV4(
      await post([a, { ...b, _id: 'x', name: first.name, pattern: first.pattern }]),
      refused({ '1._id': 'ID already exists', '1.name': NAME_EXISTS }),
    );
    expectV4(await post([a, { ...b, pattern: first.pattern }]), refused({ '1.pattern': PATTERN_EXISTS }));
    expectV4(await put([{ ...a, _id: 'x' }, b]), refused({ '1._id': 'ID is missing.' }));
    expectV4(
      await put([
        { ...a, _id: 'x' },
        { ...b, _id: 'u2' },
        { ...v4Body(), _id: 'u1' },
      ]),
      [404, { error: 'not found u2,u1' }],
    );
    expectV4(
      await put([
        { ...a, _id: 'x' },
        { ...b, _id: 'x' },
      ]),
      refused({ '1._id': 'ID already exists' }),
    );
    expectV4(await app.request('DELETE', `${V4_BULK}?${query('u2', 'x', 'u1', 'u2')}`), [
      404,
      { error: 'not found u2,u1,u2' },
    ]);
    expect(await all()).toEqual([first]);
  });

  it('exchange patterns, but not names', async () => {
    const [a, b, c] = [
      await v4Create(app, { _id: 'a' }),
      await v4Create(app, { _id: 'b' }),
      await v4Create(app, { _id: 'c' }),
    ];
    expectV4(
      await put([
        { ...a, name: b.name },
        { ...b, name: a.name },
      ]),
      refused({ '0.name': NAME_EXISTS, '1.name': NAME_EXISTS }),
    );
    const turned = [
      { ...a, pattern: b.pattern },
      { ...b, pattern: c.pattern },
      { ...c, pattern: a.pattern },
    ];
    expect((await put(turned)).status).toBe(200);
    expect((await all()).map(({ pattern }) => pattern)).toEqual([b.pattern, c.pattern, a.pattern]);
    // Each has its own pattern again, and no other.
    for (const { pattern } of turned)
      expectV4(await post([{ ...v4Body(), pattern }]), refused({ '0.pattern': PATTERN_EXISTS }));
    expect((await app.request('DELETE', `${V4}/a`)).status).toBe(204);
    expect((await post([{ ...v4Body(), pattern: b.pattern }])).status).toBe(201);
    expectV4(await post([{ ...v4Body(), pattern: c.pattern }]), refused({ '0.pattern': PATTERN_EXISTS }));
  });

  it('answer what is no list of heartbeats', async () => {
    for (const method of ['POST', 'PUT']) {
      for (const body of ['', '{', '{}', '5', '"x"', '[5]', '[[]]', '[{"name":5}]'])
        expectV4(await app.request(method, V4_BULK, asJson(body)), [...STRUCTURE]);
      expectV4(
        await app.request(method, V4_BULK, { json: [] }),
        refused({ '': 'Items should not be blank.' }),
      );
      expectV4(await app.request(method, V4_BULK, { json: null }), refused({ '': 'Items is missing.' }));
      expectV4(await app.request(method, V4_BULK), refused({ '': 'Items is missing.' }));
    }
  });

  it('answer what are no ids', async () => {
    const missing = refused({ '': 'IDs is missing.' });
    for (const path of [V4_BULK, `${V4_BULK}?ids=a`, `${V4_BULK}?ids%5B0%5D=a`])
      expectV4(await app.request('DELETE', path), missing);
    expectV4(await app.request('DELETE', `${V4_BULK}?ids[]=`), [404, { error: 'not found ' }]);
    expectV4(await app.request('DELETE', `${V4_BULK}?ids[]=a,b`), [404, { error: 'not found a,b' }]);
    expectV4(await app.request('DELETE', V4_BULK, asJson('{}')), missing);
    expectV4(
      await app.request('DELETE', V4_BULK, asJson('{"ids":[]}')),
      refused({ '': 'IDs should not be blank.' }),
    );
    for (const body of ['{', '[]', '{"ids":"a"}', '{"ids":[1]}'])
      expectV4(await app.request('DELETE', V4_BULK, asJson(body)), [...STRUCTURE]);
  });

  it('may be long', async () => {
    const bodies = Array.from({ length: 450 }, () => v4Body());
    const documents = (await post(bodies)).json as V4Answered[];
    expect(documents.map(({ name }) => name)).toEqual(bodies.map(({ name }) => name));
    for (const list of ['paginate=false', 'limit=5000&sort_by=name']) {
      const { data, meta } = await v4List(app, list);
      expect([data.length, meta.total_count]).toEqual([450, 450]);
      expect(new Set(data.map(({ _id }) => _id)).size).toBe(450);
    }
    expect((await put(documents.map((document) => ({ ...document, description: 'éa' })))).status).toBe(200);
    expect((await v4List(app, 'paginate=false&search=%C3%A9A')).meta.total_count).toBe(450);
    const ids = JSON.stringify({ ids: documents.map(({ _id }) => _id) });
    expect((await app.request('DELETE', V4_BULK, asJson(ids))).status).toBe(204);
    expect(await all()).toEqual([]);
  });
});
