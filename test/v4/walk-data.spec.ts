import { md5Id } from '../../src/domain/md5-id';
import { at } from '../support/at';
import { STRUCTURE, V4, V4_BULK, type V4Page, expectV4, refused, v4Body } from '../support/canopsis-v4';
import { eventually } from '../support/eventually';
import { type Walk, eachGeneration, startWalk } from '../support/v4-walk';

const V2 = '/api/v2/heartbeat';
const PAGE = 'Page should be greater than 0.';
const LIMIT = 'Limit should be greater than 0.';
const seconds = (): number => Math.floor(Date.now() / 1000);

eachGeneration(({ is43, texts }, walk) => {
  const call = (method: string, path: string, json?: unknown): ReturnType<Walk['request']> =>
    walk().request(method, path, { json });
  const body = (fields: object = {}): Record<string, unknown> => ({ ...v4Body(), ...fields });
  const create = async (...all: object[]): Promise<void> => {
    for (const fields of all) expect((await call('POST', V4, body(fields))).status).toBe(201);
  };
  const list = async (query: string): Promise<V4Page> => {
    const answer = await call('GET', `${V4}?${query}`);
    expect([query, answer.status]).toEqual([query, 200]);
    return answer.json as V4Page;
  };
  const ids = async (query: string): Promise<string> =>
    (await list(query)).data.map(({ _id }) => _id).join('');

  it('makes, reads, replaces and removes heartbeats, alone and in bulk', async () => {
    const before = seconds();
    const sent = body({ name: 'n', _id: 'd778', expected_interval: '120m' });
    const created = await call('POST', V4, sent);
    const { created: time } = created.json as { created: number };
    const document = { ...sent, expected_interval: '2h', output: '', created: time, updated: time };
    expectV4(created, [201, document]);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(seconds());
    expectV4(await call('GET', `${V4}/d778`), [200, document]);
    expectV4(await call('GET', V4), [
      200,
      { data: [document], meta: { page: 1, per_page: 10, page_count: 1, total_count: 1 } },
    ]);
    await eventually(() => seconds() > time);
    const change = body({ name: 'm', output: 'o', created: 1, updated: 1 });
    const replaced = await call('PUT', `${V4}/d778`, { ...change, _id: { any: 'thing' } });
    const { updated } = replaced.json as { updated: number };
    expectV4(replaced, [200, { ...change, _id: 'd778', created: time, updated }]);
    expect(updated).toBeGreaterThan(time);
    const items = ['c', 'a', 'b'].map((_id) => body({ _id }));
    const many = await call('POST', V4_BULK, items);
    expect([many.status, many.json]).toMatchObject([201, items]);
    const changes = items.map((item) => ({ ...item, description: 'changed' }));
    const changed = await call('PUT', V4_BULK, changes);
    expect([changed.status, changed.json]).toMatchObject([200, changes]);
    for (const path of [`${V4}/d778`, `${V4_BULK}?ids[]=a&ids%5B%5D=b`, `${V4_BULK}?ids[]=c&ids[]=c`]) {
      const gone = await call('DELETE', path);
      expect([gone.status, gone.text, gone.headers.get('content-type')]).toEqual([204, '', null]);
      expect(gone.headers.get('cache-control')).toBe('private, no-cache');
    }
    expect(await walk().all()).toEqual([]);
  });

  it('exchanges patterns, not names', async () => {
    const [a, b] = [body({ _id: 'a' }), body({ _id: 'b' })];
    await create(a, b);
    const exchanged = [
      { ...a, name: b.name },
      { ...b, name: a.name },
    ];
    expectV4(await call('PUT', V4_BULK, exchanged), refused({ '0.name': texts.name, '1.name': texts.name }));
    const turned = [
      { ...a, pattern: b.pattern },
      { ...b, pattern: a.pattern },
    ];
    expect((await call('PUT', V4_BULK, turned)).status).toBe(200);
    expect(await walk().all()).toMatchObject(turned);
  });

  it('is given lists as it asks for them', async () => {
    await create(
      { _id: 'b', name: 'Éclair', author: 'y', expected_interval: '61m' },
      { _id: 'a', name: 'b[(', author: 'x', expected_interval: '1h', description: 'Éa' },
      { _id: 'c', name: 'B', author: 'x', expected_interval: '90s', output: 'hidden' },
    );
    expect(await ids('sort_by=_id')).toBe('abc');
    expect(await ids('sort_by=name')).toBe('cab');
    expect(await ids('sort_by=name&sort=desc')).toBe('bac');
    expect(await ids('sort_by=expected_interval')).toBe('cab');
    for (const time of ['created', 'updated', '']) expect(await ids(`sort_by=${time}&sort=`)).toHaveLength(3);
    if (!is43) expect(await ids('sort_by=author')).toBe('acb');
    else expect(await ids('sort_by=author&sort=desc')).toBe('abc');
    expect(await ids('search=%C3%A9&sort_by=_id')).toBe('ab');
    for (const [search, found] of [
      ['ECLAIR', ''],
      ['%C3%89CLAIR', 'b'],
      ['%5B(', 'a'],
      ['.', ''],
      ['hidden', ''],
      ['', 'abc'],
    ])
      expect(await ids(`search=${search}&sort_by=_id`)).toBe(found);
    // In 4.3 ids are searched too.
    await create({ _id: 'zebra' });
    expect(await ids('search=ZEBRA')).toBe(is43 ? 'zebra' : '');
    expect((await list('page=%2B02&limit=003&sort_by=_id')).meta).toEqual({
      ...{ page: 2, per_page: 3, page_count: 2, total_count: 4 },
    });
    for (const flag of ['0', 'f', 'F', 'false', 'FALSE', 'False', ''])
      expect((await list(`paginate=${flag}&limit=1&page=9`)).meta).toEqual({
        ...{ page: 1, per_page: 4, page_count: 1, total_count: 4 },
      });
    for (const flag of ['1', 't', 'T', 'true', 'TRUE', 'True'])
      expect((await list(`paginate=${flag}&limit=3`)).data).toHaveLength(3);
    expect((await list('limit=9007199254740991&limit=x&other=1')).data).toHaveLength(4);
    expect(await list('search=nobody&paginate=false')).toEqual({
      data: [],
      meta: { page: 1, per_page: 0, page_count: 1, total_count: 0 },
    });
  });

  it('is told what cannot be asked of a list', async () => {
    for (const [query, answer] of [
      ['page=0', refused({ '': PAGE })],
      ['page=', refused({ '': PAGE })],
      ['limit=-1', refused({ '': LIMIT })],
      ['page=0&limit=0', refused({ '': LIMIT })],
      ['sort=up&page=0', refused({ '': texts.sort })],
      ['sort_by=output', refused({ sort_by: texts.sortBy })],
      ['page=2', [400, { error: 'page is out of range' }]],
      ...['page=x', 'limit=1.5', 'page=9007199254740992', 'paginate=yes', `search=${'x'.repeat(2_001)}`].map(
        (wrong) => [wrong, STRUCTURE] as const,
      ),
    ] as const)
      expectV4(await call('GET', `${V4}?${query}`), answer as readonly [number, unknown]);
  });

  it('sees what version 2 made, and the other way round', async () => {
    const pattern = { connector: 'v2' };
    const made = await call('POST', V2, { pattern, expected_interval: '3600s', author: 'a' });
    const { description: id } = made.json as { description: string };
    const { created, ...shown } = at(await walk().all(), 0);
    const texts2 = { name: '', description: '', author: 'a', output: '' };
    expect(shown).toEqual({ ...{ _id: id, pattern, ...texts2 }, expected_interval: '1h', updated: created });
    expect((await call('GET', `${V2}/${id}`)).json).toMatchObject({ expected_interval: '3600s' });
    expectV4(await call('POST', V4, body({ pattern })), refused({ pattern: texts.pattern }));
    // Version 2 refuses no name; version 4 that of any other heartbeat, and none that it has already.
    const twin = { pattern: { connector: 'twin' }, expected_interval: '1h', name: 'same' };
    await create({ _id: 'four', name: 'same', pattern: { connector: 'v4' } });
    expect((await call('POST', V2, twin)).status).toBe(200);
    expectV4(await call('POST', V4, body({ name: 'same' })), refused({ name: texts.name }));
    const kept = body({ name: 'same', description: 'kept' });
    expect((await call('PUT', `${V4}/four`, kept)).status).toBe(200);
    expect((await call('GET', `${V2}/four`)).json).toEqual({ ...(await walk().all()).at(-1) });
    const taken = { pattern: kept.pattern, expected_interval: '1h' };
    expect(await call('POST', V2, taken)).toMatchObject({
      status: 400,
      json: { name: '', description: 'heartbeat pattern already exists' },
    });
    // What version 2 replaces has the texts that it sends, and the name is free again.
    const replacing = { pattern: { connector: 'v4' }, expected_interval: '1h' };
    await create({ _id: 'free', name: 'free', pattern: replacing.pattern });
    expect((await call('PUT', `${V2}/free`, replacing)).status).toBe(200);
    expect((await call('GET', `${V4}/free`)).json).toMatchObject({
      name: '',
      description: '',
      author: '',
      output: '',
    });
    await create({ name: 'free' });
  });

  it('has its heartbeats watched, alone and in bulk, and an empty output is none', async () => {
    const event = (connector: string): object => ({
      ...{ connector, connector_name: 'n', event_type: 'check', component: 'c' },
    });
    const alone = body({ _id: 'alone', pattern: { connector: 'alone' }, expected_interval: '1s' });
    const inBulk = body({
      _id: 'bulk',
      pattern: { connector: 'bulk' },
      output: 'said',
      expected_interval: '1s',
    });
    await create(alone);
    expect((await call('POST', V4_BULK, [inBulk])).status).toBe(201);
    const sent = await call('POST', '/api/v4/event', [event('alone'), event('bulk'), {}]);
    expect(sent.status).toBe(200);
    const answer = sent.json as { sent_events: unknown[]; failed_events: unknown[] };
    expect([answer.sent_events.length, answer.failed_events.length]).toEqual([2, 1]);
    await eventually(async () => {
      const states = (await call('GET', '/api/v2/heartbeat-state')).json as { state: string }[];
      expect(states.map(({ state }) => state)).toEqual(['down', 'down']);
    });
    await walk().says(/No event matching connector:alone for 1s/);
    await walk().says(/connector:bulk.*said/);
  });
});

it('has the id that it gave, or a UUID, in canopsis-3 too, where md5 ids meet', async () => {
  const walk = await startWalk('canopsis-3');
  try {
    const pattern = { connector: 'c2', connector_name: 'connector2' };
    const given = v4Body({ _id: md5Id(pattern) });
    expect((await walk.request('POST', V4, { json: given })).status).toBe(201);
    expect((await walk.request('POST', V4, { json: v4Body() })).json).toMatchObject({
      _id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/) as string,
    });
    // The md5 id of what version 2 is to make is taken: a collision.
    const { json } = await walk.request('POST', V2, { json: { pattern, expected_interval: '1h' } });
    expect(json).toEqual({ name: '', description: 'heartbeat pattern already exists' });
    const three = await walk.request('GET', `${V2}/${given._id as string}`);
    const { pattern: own, expected_interval } = given;
    expect(three.json).toEqual({ _id: given._id, pattern: own, expected_interval });
  } finally {
    await walk.end();
  }
});
