import type { DialectName } from '../../src/domain/dialect';
import type { HttpFramework } from '../../src/http/adapters';
import { type TestApplication, startTestApplication } from '../support/application';
import {
  ALL_MISSING,
  NOT_FOUND,
  STRUCTURE,
  V4,
  asJson,
  expectV4,
  refused,
  v4Body,
  v4Create,
  v4List,
  v4Read,
  v4RemoveAll,
} from '../support/canopsis-v4';

const NOW = 1_795_817_920;

describe.each<[HttpFramework, DialectName]>([
  ['fastify', 'canopsis-4'],
  ['express', 'canopsis-3'],
])('heartbeats of version 4 on %s in %s', (framework, dialect) => {
  let app: TestApplication;
  let now = NOW * 1000;
  beforeAll(async () => {
    app = await startTestApplication({ framework, dialect, clock: { now: () => now } });
  });
  afterEach(() => v4RemoveAll(app));
  afterAll(() => app.close());

  it('are created, read, replaced and removed', async () => {
    now = NOW * 1000 + 999;
    const body = { ...v4Body({ name: 'n' }), pattern: { connector: 'c1', 'k é😀': '' } };
    const created = await app.request('POST', V4, {
      json: { ...body, expected_interval: '120m', created: 1, x: 2 },
    });
    const { _id } = created.json as { _id: string };
    expect(_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const document = { ...body, _id, expected_interval: '2h', output: '', created: NOW, updated: NOW };
    expectV4(created, [201, document]);
    expectV4(await app.request('GET', `${V4}/${_id}`), [200, document]);

    now += 5_000;
    const other = v4Body({ name: 'other', output: 'o' });
    const replaced = { ...other, _id, created: NOW, updated: NOW + 5 };
    for (const id of [undefined, 'other', { any: 1 }, 5])
      expectV4(await app.request('PUT', `${V4}/${_id}`, { json: { ...other, _id: id } }), [200, replaced]);
    expect(await v4Read(app, _id)).toEqual(replaced);

    const removed = await app.request('DELETE', `${V4}/${_id}`);
    expect([removed.status, removed.text, removed.headers.get('content-type')]).toEqual([204, '', null]);
    expect(removed.headers.get('cache-control')).toBe('private, no-cache');
    for (const method of ['GET', 'DELETE'])
      expectV4(await app.request(method, `${V4}/${_id}`), [...NOT_FOUND]);
    expectV4(await app.request('PUT', `${V4}/${_id}`, { json: other }), [...NOT_FOUND]);
  });

  it.each(['x', ' ', 'a/b', '?#%&', '.hidden', 'é😀', '%2F', '😀'.repeat(255), '\0', 'a b+c', '__proto__'])(
    'may have the id %j',
    async (_id) => {
      expect(await v4Create(app, { _id })).toMatchObject({ _id });
      const path = `${V4}/${encodeURIComponent(_id)}`;
      expect(await v4Read(app, _id)).toMatchObject({ _id });
      const body = v4Body();
      expect((await app.request('PUT', path, { json: body })).json).toMatchObject({ ...body, _id });
      expect((await app.request('DELETE', path)).status).toBe(204);
      expect((await app.request('GET', path)).status).toBe(404);
    },
  );

  it('say all that is wrong with the fields at once, names and ids of others too', async () => {
    const first = await v4Create(app, { name: 'n', _id: 'x' });
    for (const body of [{}, null])
      for (const [method, path] of [
        ['POST', V4],
        ['PUT', `${V4}/x`],
      ] as const)
        expectV4(await app.request(method, path, { json: body }), refused(ALL_MISSING));
    const twice = { ...v4Body({ name: 'n' }), _id: 'x', author: '', pattern: first.pattern };
    expectV4(
      await app.request('POST', V4, { json: twice }),
      refused({ name: 'Name already exists', _id: 'ID already exists', author: 'Author is missing.' }),
    );
    // The fields before the id of the path, the name before the pattern.
    expectV4(await app.request('PUT', `${V4}/y`, { json: {} }), refused(ALL_MISSING));
    expectV4(
      await app.request('PUT', `${V4}/y`, { json: v4Body({ name: 'n' }) }),
      refused({ name: 'Name already exists' }),
    );
    const second = await v4Create(app, { _id: 'z' });
    expectV4(
      await app.request('PUT', `${V4}/z`, { json: { ...first, name: second.name } }),
      refused({ pattern: 'Pattern already exists' }),
    );
    expectV4(
      await app.request('POST', V4, { json: v4Body({ pattern: first.pattern as never }) }),
      refused({ pattern: 'Pattern already exists' }),
    );
    expect(await v4Read(app, 'z')).toEqual(second);
    expect((await v4List(app)).data).toEqual([first, second]);
  });

  it('keep their own name and pattern when they are replaced', async () => {
    const { _id, ...document } = await v4Create(app);
    expectV4(await app.request('PUT', `${V4}/${_id}`, { json: { ...document, description: 'e' } }), [
      200,
      { ...document, _id, description: 'e', updated: Math.floor(now / 1000) },
    ]);
  });

  it('free the name and the pattern that they had', async () => {
    const first = await v4Create(app);
    const changed = { ...first, name: 'moved', pattern: { connector: 'moved' } };
    expect((await app.request('PUT', `${V4}/${first._id}`, { json: changed })).status).toBe(200);
    const second = await v4Create(app, { name: first.name as string, pattern: first.pattern as never });
    expect((await app.request('DELETE', `${V4}/${first._id}`)).status).toBe(204);
    await v4Create(app, { name: 'moved', pattern: { connector: 'moved' } });
    expect((await v4List(app)).meta.total_count).toBe(2);
    expect(await v4Read(app, second._id)).toEqual(second);
  });

  it('compare names exactly', async () => {
    for (const name of ['Name', 'name', ' name', 'name ', 'n\u0061me\u0301', 'nam\u00e9'])
      await v4Create(app, { name });
    expectV4(
      await app.request('POST', V4, { json: v4Body({ name: 'name ' }) }),
      refused({ name: 'Name already exists' }),
    );
  });

  it.each<[string, Parameters<typeof asJson>[0]]>([
    ['empty', ''],
    ['no JSON', '{'],
    ['JSON and more', '{} x'],
    ['two documents', '{}{}'],
    ['a byte order mark before JSON', `\ufeff${JSON.stringify(v4Body())}`],
    ['no UTF-8', Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xe9]), Buffer.from('"}')])],
    ['an array', `[${JSON.stringify(v4Body())}]`],
    ['a number', '5'],
    ['a text', '"x"'],
    ['half of a surrogate pair', JSON.stringify(v4Body()).replace('"d"', '"\\ud83d"')],
    ['a field of another type', JSON.stringify({ ...v4Body(), name: 5 })],
    ['a value of the pattern that is none', JSON.stringify({ ...v4Body(), pattern: { a: null } })],
  ])('are not made of a body that is %s', async (_what, body) => {
    const { _id } = await v4Create(app);
    expectV4(await app.request('POST', V4, asJson(body)), [...STRUCTURE]);
    expectV4(await app.request('PUT', `${V4}/${_id}`, asJson(body)), [...STRUCTURE]);
    expectV4(await app.request('PUT', `${V4}/unknown`, asJson(body)), [...STRUCTURE]);
    expect((await v4List(app)).meta.total_count).toBe(1);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/yaml',
    'application/x-json',
    '',
  ])('are not read from a body of type %j', async (type) => {
    const { _id } = await v4Create(app);
    const body = JSON.stringify(v4Body());
    const bytes = new TextEncoder().encode(body);
    const request = type === '' ? { body: bytes } : { body: bytes, headers: { 'Content-Type': type } };
    expectV4(await app.request('POST', V4, request), refused(ALL_MISSING));
    expectV4(await app.request('PUT', `${V4}/${_id}`, request), refused(ALL_MISSING));
  });

  it.each(['APPLICATION/JSON', 'application/json; charset=utf-8', 'application/json;x="y"'])(
    'are read from a body of type %j',
    async (type) => {
      const request = { body: JSON.stringify(v4Body()), headers: { 'Content-Type': type } };
      expect((await app.request('POST', V4, request)).status).toBe(201);
    },
  );

  it('are read from a body in chunks', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (const part of JSON.stringify(v4Body()).match(/.{1,20}/g) ?? [])
          controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const headers = { 'Content-Type': 'application/json', Authorization: `Basic ${btoa('root:root')}` };
    const answer = await fetch(app.url + V4, {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    });
    expect(answer.status).toBe(201);
  });
});
