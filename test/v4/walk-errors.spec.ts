import {
  FORBIDDEN,
  NOT_FOUND,
  STRUCTURE,
  UNAUTHORIZED,
  V4,
  V4_BULK,
  asJson,
  expectV4,
  refused,
  v4Body,
} from '../support/canopsis-v4';
import { ROOT, exchange, request } from '../support/raw-http';
import { GENERATIONS, WALK_KEY, type Walk, eachGeneration, startWalk } from '../support/v4-walk';

const CHALLENGE = 'Basic realm="Canopsis", charset="UTF-8"';
const ACCOUNT = '/api/v4/account/me';
const EVENT = '/api/v4/event';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

eachGeneration(({ is43, texts }, walk) => {
  const call = (
    method: string,
    path: string,
    json?: unknown,
    auth?: string | null,
  ): ReturnType<Walk['request']> =>
    walk().request(method, path, { json, ...(auth !== undefined && { auth }) });
  const body = (fields: object = {}): Record<string, unknown> => ({ ...v4Body(), ...fields });

  it('is told the first thing that is wrong, in the order of the contract', async () => {
    const first = body({ _id: 'first', name: 'first' });
    for (const json of [first, body({ _id: 'second' }), body({ _id: 'third' })])
      expect((await call('POST', V4, json)).status).toBe(201);
    const before = await walk().all();
    const twice = { name: texts.name };
    // 1: credentials, then the right, before path, body and query.
    for (const [method, path, json] of [
      ['POST', V4, 5],
      ['PUT', `${V4}/nobody`, 5],
      ['GET', `${V4}?page=x`],
      ['DELETE', V4_BULK],
      ['POST', EVENT, 5],
    ] as const) {
      const denied = await call(method, path, json, 'root:wrong');
      expectV4(denied, UNAUTHORIZED);
      expect(denied.headers.get('www-authenticate')).toBe(CHALLENGE);
      expectV4(await call(method, path, json, 'none:x'), FORBIDDEN);
    }
    // 2 before 3: a structure before what is said of fields. 3 before 4: fields, and the names of others, before an unknown id.
    expectV4(await call('PUT', `${V4}/nobody`, { ...body(), name: '', output: 5 }), STRUCTURE);
    expectV4(await call('PUT', `${V4}/nobody`, body({ name: '' })), refused({ name: 'Name is missing.' }));
    expectV4(await call('PUT', `${V4}/nobody`, body({ name: 'first' })), refused(twice));
    // 4 before 6.
    expectV4(await call('PUT', `${V4}/nobody`, body({ pattern: first.pattern })), NOT_FOUND);
    // The pattern only where nothing else is wrong.
    expectV4(await call('POST', V4, body({ name: 'first', pattern: first.pattern })), refused(twice));
    expectV4(await call('POST', V4, body({ pattern: first.pattern })), refused({ pattern: texts.pattern }));
    expectV4(
      await call('PUT', `${V4}/second`, body({ pattern: first.pattern })),
      refused({ pattern: texts.pattern }),
    );
    // A bulk: 3 before 4 before 5 before 6.
    const second = body({ _id: 'second' });
    expectV4(
      await call('PUT', V4_BULK, [body({ _id: 'nobody' }), { ...second, name: 'first' }]),
      refused({ '1.name': texts.name }),
    );
    expectV4(
      await call('PUT', V4_BULK, [second, body({ _id: 'second' }), body({ _id: 'u2' }), body({ _id: 'u1' })]),
      [404, { error: 'not found u2,u1' }],
    );
    expectV4(
      await call('PUT', V4_BULK, [
        second,
        body({ _id: 'third', pattern: first.pattern }),
        body({ _id: 'second' }),
      ]),
      refused({ '2._id': 'ID already exists' }),
    );
    expectV4(
      await call('PUT', V4_BULK, [second, body({ _id: 'third', pattern: first.pattern })]),
      refused({ '1.pattern': texts.pattern }),
    );
    expect(await walk().all()).toEqual(before);
  });

  it('is told what is wrong with the items of a bulk, each under its own index', async () => {
    const [a, b] = [body(), body()];
    expectV4(await call('POST', V4_BULK, [a, b, a]), refused({ '2.name': texts.name }));
    expectV4(await call('POST', V4_BULK, [a, {}, null]), [
      400,
      {
        errors: Object.fromEntries(
          [1, 2].flatMap((at) =>
            Object.entries({
              name: 'Name is missing.',
              description: 'Description is missing.',
              ...(!is43 && { author: 'Author is missing.' }),
              pattern: 'Pattern is missing.',
              expected_interval: 'ExpectedInterval is missing.',
            }).map(([field, text]) => [`${at}.${field}`, text]),
          ),
        ),
      },
    ]);
    expectV4(
      await call('POST', V4_BULK, [
        { ...a, _id: 'same' },
        { ...b, _id: 'same' },
      ]),
      refused({ '1._id': 'ID already exists' }),
    );
    expectV4(
      await call('POST', V4_BULK, [a, { ...b, pattern: a.pattern }]),
      refused({ '1.pattern': texts.pattern }),
    );
    expectV4(await call('POST', V4_BULK, []), refused({ '': 'Items should not be blank.' }));
    expectV4(await call('POST', V4_BULK, {}), STRUCTURE);
    expectV4(await call('DELETE', V4_BULK), refused({ '': 'IDs is missing.' }));
    expectV4(await call('DELETE', V4_BULK, { ids: [] }), refused({ '': 'IDs should not be blank.' }));
    expectV4(await call('DELETE', V4_BULK, { ids: 'a' }), STRUCTURE);
    expectV4(await call('DELETE', `${V4_BULK}?ids[]=u2&ids[]=u1&ids[]=u2`), [
      404,
      { error: 'not found u2,u1,u2' },
    ]);
    expect(await walk().all()).toEqual([]);
  });

  it.each([
    ['', 'empty'],
    ['{', 'no JSON'],
    ['{} {}', 'JSON with something behind it'],
    [`\ufeff${JSON.stringify(v4Body())}`, 'JSON behind a byte order mark'],
    ['5', 'a number'],
    ['"x"', 'a text'],
    ['{"name":"\\ud83d","ids":["\\ud83d"]}', 'half a surrogate pair'],
    [new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'not UTF-8'],
  ] as [string | Uint8Array, string][])('cannot send %j: it is %s', async (sent, what) => {
    expect((await call('POST', V4, body({ _id: 'x' }))).status).toBe(201);
    for (const [method, path] of [
      ['POST', V4],
      ['PUT', `${V4}/x`],
      ['POST', V4_BULK],
      ['PUT', V4_BULK],
      ['DELETE', V4_BULK],
      // An event's texts are its sender's own (contract: engine).
      ...(what === 'half a surrogate pair' ? [] : ([['POST', EVENT]] as const)),
    ] as const)
      expectV4(await walk().request(method, path, asJson(sent as string)), STRUCTURE);
    // Where the query has the ids, the body is not looked at.
    expect((await walk().request('DELETE', `${V4_BULK}?ids[]=x`, asJson(sent as string))).status).toBe(204);
  });

  it('gets in with a password or a key, and with nothing else', async () => {
    const account = async (headers: Record<string, string>, query = ''): Promise<number> =>
      (await walk().request('GET', ACCOUNT + query, { auth: null, headers })).status;
    const key = { 'x-canopsis-authkey': WALK_KEY };
    expect(await account({ Authorization: basic('root:root') })).toBe(200);
    expect(await account(key)).toBe(200);
    // A key counts alone.
    expect(await account({ ...key, Authorization: basic('root:wrong') })).toBe(200);
    expect(await account({ 'x-canopsis-authkey': 'x', Authorization: basic('root:root') })).toBe(401);
    for (const header of ['Bearer x', 'Basic', 'Basic !', 'garbage', basic('root')])
      expect(await account({ Authorization: header })).toBe(401);
    expect(await account({}, `?authkey=${WALK_KEY}`)).toBe(401);
  });

  it('is told of routes and methods that there are not', async () => {
    for (const path of ['/api/v4/nothing', '/api/v4', `${V4}/a/b`, `${V4_BULK}/a`, '/api/v4/account'])
      expect((await call('GET', path)).status).toBe(404);
    expectV4(await call('GET', `${V4}/a/b`), NOT_FOUND);
    expectV4(await call('GET', '/api/v4/nothing'), NOT_FOUND);
    for (const [path, allow] of [
      [V4, 'GET, HEAD, POST'],
      [`${V4}/x`, 'DELETE, GET, HEAD, PUT'],
      [V4_BULK, 'DELETE, POST, PUT'],
      [ACCOUNT, 'GET, HEAD'],
      [EVENT, 'POST'],
    ] as const)
      for (const method of ['PATCH', 'OPTIONS']) {
        const answer = await call(method, path);
        expectV4(answer, [405, { error: 'Method Not Allowed' }]);
        expect(answer.headers.get('allow')).toBe(allow);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
  });

  it('is sent on from a slash, whoever it is, and HEAD is GET without a body', async () => {
    expect((await call('POST', V4, body({ _id: 'x' }))).status).toBe(201);
    for (const [method, path, status] of [
      ['GET', `${V4}/?limit=1`, 301],
      ['HEAD', `${V4}/x/`, 301],
      ['POST', `${V4}/`, 307],
      ['PUT', `${V4}/x/`, 307],
      ['DELETE', `${V4_BULK}/?ids[]=x`, 307],
    ] as const) {
      const answer = await fetch(walk().url + path, { method, redirect: 'manual' });
      expect([path, answer.status, answer.headers.get('location')]).toEqual([
        path,
        status,
        path.replace(/\/(?=\?|$)/, ''),
      ]);
    }
    for (const path of [V4, `${V4}/x`, `${V4}/nobody`, ACCOUNT]) {
      const get = await call('GET', path);
      const { answers } = await exchange(walk().url, request(`HEAD ${path}`, [ROOT]), { bodyless: true });
      expect([path, answers[0]?.status, answers[0]?.text]).toEqual([path, get.status, '']);
      for (const name of ['content-type', 'content-length', 'cache-control'])
        expect([path, answers[0]?.headers.get(name)]).toEqual([path, get.headers.get(name)]);
    }
  });

  it('is refused a body over 1 MiB, and headers over 16 KiB', async () => {
    const large = asJson(JSON.stringify(body({ output: 'x'.repeat(1024 * 1024) })));
    for (const path of [V4, V4_BULK, EVENT])
      expectV4(await walk().request('POST', path, large), [413, { error: 'Request Entity Too Large' }]);
    const { answers } = await exchange(walk().url, request(`GET ${V4}`, [ROOT, `X: ${'x'.repeat(20_000)}`]));
    expect(answers[0]).toMatchObject({ status: 431, json: { error: 'Request Header Fields Too Large' } });
  });

  it('sees who it is', async () => {
    for (const [name, actions, checksum] of [
      ['root', ['create', 'delete', 'read', 'update'], 15],
      ['create', ['create'], 8],
      ['event', [], 0],
      ['none', [], 0],
    ] as const) {
      const answer = await call('GET', ACCOUNT, undefined, `${name}:${name === 'root' ? name : 'x'}`);
      const objects = ['api_heartbeat', 'models_exploitation_heartbeat'];
      const account = is43
        ? {
            ...{ _id: name, name, email: '', role: { _id: '', name: '' } },
            permissions: objects.map((_id) => ({ _id, name: _id, description: '', type: 'CRUD', actions })),
          }
        : {
            ...{
              _id: name,
              crecord_name: name,
              role: '',
              mail: '',
              firstname: '',
              lastname: '',
              enable: true,
            },
            ...{ external_id: '', source: '', authkey: '', ui_language: '', groupsNavigationType: '' },
            ...{ tours: null, defaultview: '' },
            rights: Object.fromEntries(objects.map((object) => [object, { checksum }])),
          };
      expectV4(answer, [200, account]);
    }
    expectV4(await call('GET', ACCOUNT, undefined, null), UNAUTHORIZED);
  });
});

describe.each(GENERATIONS)('a client of %s that asks too often', (_, { dialect }) => {
  it('is told when to come again', async () => {
    const walk = await startWalk(dialect, { RATE_LIMIT_WRITES: '1', LOGIN_FAILURES: '3' });
    try {
      const json = Array.from({ length: 50 }, () => v4Body());
      expect((await walk.request('POST', V4_BULK, { json })).status).toBe(201);
      const limited = await walk.request('POST', V4, { json: v4Body() });
      expectV4(limited, [429, { error: 'Too Many Requests' }]);
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
      const tries = [];
      for (let n = 0; n < 5; n += 1) tries.push(await walk.request('GET', V4, { auth: `nobody:${n}` }));
      expect(tries.map(({ status }) => status)).toEqual([401, 401, 401, 429, 429]);
      expect(tries.at(-1)?.json).toEqual({ error: 'Too Many Requests' });
      expect(Number(tries.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await walk.end();
    }
  });
});
