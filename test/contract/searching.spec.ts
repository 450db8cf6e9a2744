import { MATRIX, TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create, heartbeat } from '../support/canopsis';

const NAMES = [
  'Été 50% (nord)',
  'a.b',
  'axb',
  '^start$',
  'back\\slash [x] {1} a|b / - + ? *',
  'ΣΊΣΥΦΟΣ',
  'Привет',
  '😀 smile',
  'line\nbreak',
];

describe.each(MATRIX)('searching on %s in %s', (framework, dialect) => {
  let app: TestApplication;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    app = await startTestApplication({ framework, dialect });
    for (const name of NAMES) ids.set(name, await create(app, heartbeat({ name })));
    ids.set('description', await create(app, heartbeat({ description: 'in the Description' })));
    ids.set('author', await create(app, heartbeat({ author: 'Jean-Luc', output: 'the output' })));
    const pattern = { 'pattern.key': 'pattern value' };
    await app.request('POST', HEARTBEATS, { json: heartbeat({ pattern }) });
    ids.set('constant', await create(app, heartbeat({ pattern: { constant: 'pattern' } })));
    const values = { component: 'Serveur-Été', resource: 'c.p*u' };
    ids.set('values', await create(app, heartbeat({ pattern: values })));
  });
  afterAll(() => app.close());

  const found = async (text: string): Promise<string[]> => {
    const answer = await app.request('GET', `${HEARTBEATS}?limit=1000&search=${encodeURIComponent(text)}`);
    expect(answer.status).toBe(200);
    const { data, meta } = answer.json as { data: { _id: string }[]; meta: { total_count: number } };
    expect(meta.total_count).toBe(data.length);
    return data.map(({ _id }) => _id).sort();
  };
  const idsOf = (...keys: string[]): unknown[] => keys.map((key) => ids.get(key)).sort();

  it.each([
    ['.*', []],
    ['a.b', ['a.b']],
    ['A.B', ['a.b']],
    ['(', ['Été 50% (nord)']],
    ['50% (', ['Été 50% (nord)']],
    ['^', ['^start$']],
    ['$', ['^start$']],
    ['[x] {1} a|b / - + ? *', ['back\\slash [x] {1} a|b / - + ? *']],
    ['k\\s', ['back\\slash [x] {1} a|b / - + ? *']],
    ['\\', ['back\\slash [x] {1} a|b / - + ? *']],
    ['\\d', []],
    ['ÉTÉ', ['Été 50% (nord)', 'values']],
    ['été', ['Été 50% (nord)', 'values']],
    ['ete', []],
    ['привет', ['Привет']],
    ['ПРИВЕТ', ['Привет']],
    ['σίσυφο', ['ΣΊΣΥΦΟΣ']],
    ['😀', ['😀 smile']],
    ['E\nB', ['line\nbreak']],
    ['DESCRIPTION', ['description']],
    ['jean-luc', ['author']],
    ['the output', []],
    ['pattern value', []],
    ['pattern.key', []],
    ['serveur-ÉTÉ', ['values']],
    ['C.P*', ['values']],
    ['component', []],
    ['Étéc', []],
    ['PATTERN', ['constant']],
    ['nothing at all', []],
  ])('finds the text %j', async (text, keys) => {
    expect(await found(text)).toEqual(idsOf(...keys));
  });

  it('finds an id, whole, in part and in capitals', async () => {
    const id = ids.get('constant') ?? '';
    expect(await found(id)).toEqual([id]);
    expect(await found(id.slice(5, 30).toUpperCase())).toEqual([id]);
  });

  it('takes what looks like a parameter for a query or an operator as text', async () => {
    for (const text of ['{"$ne":null}', '$where', '[object Object]', '\0', 'a'.repeat(2000)]) {
      expect(await found(text)).toEqual([]);
    }
  });

  it('takes a plus for a space and reads percent signs that encode nothing as they are', async () => {
    for (const query of ['search=50%25+(', 'search=50%+%28', 'search=50%25%20(']) {
      const answer = await app.request('GET', `${HEARTBEATS}?${query}`);
      expect(answer.json).toHaveProperty('meta.total_count', 1);
    }
  });

  it('sorts and pages what it found', async () => {
    const search = encodeURIComponent('a');
    const all = await found('a');
    const answer = await app.request(
      'GET',
      `${HEARTBEATS}?search=${search}&sort_by=_id&sort=asc&limit=2&page=2`,
    );
    expect((answer.json as { data: { _id: string }[] }).data.map(({ _id }) => _id)).toEqual(all.slice(2, 4));
    const total_count = all.length;
    const meta = { page: 2, per_page: 2, page_count: Math.ceil(total_count / 2), total_count };
    expect((answer.json as { meta: unknown }).meta).toEqual(meta);
  });
});
