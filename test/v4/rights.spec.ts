import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RIGHTS, type Right } from '../../src/auth/rights';
import type { HttpFramework } from '../../src/http/adapters';
import { type RequestOptions, type TestApplication, startTestApplication } from '../support/application';
import { FORBIDDEN, UNAUTHORIZED, V4, V4_BULK, expectV4, v4Body, v4Create } from '../support/canopsis-v4';
import { makeDirectory, removeDirectory } from '../support/directory';
import { cheapHash } from '../support/users-file';

type Call = readonly [method: string, path: string, request: RequestOptions, status: number];

const MASKS: Readonly<Record<string, number>> = {
  create: 8,
  read: 4,
  update: 2,
  delete: 1,
  event: 0,
  none: 0,
  root: 15,
};

describe.each<[HttpFramework]>([['fastify'], ['express']])('rights in version 4 on %s', (framework) => {
  let app: TestApplication;
  let directory: string;
  beforeAll(async () => {
    directory = await makeDirectory();
    const hash = await cheapHash('x');
    const lines = [...RIGHTS, 'none'].map((right) => `${right}:${hash}:rights=${right}`);
    await writeFile(join(directory, 'users'), [...lines, `root:${await cheapHash('root')}`].join('\n'));
    app = await startTestApplication({ framework, env: { HEARTBEAT_USERS_FILE: join(directory, 'users') } });
  });
  afterAll(async () => {
    await app.close();
    await removeDirectory(directory);
  });

  const calls = async (): Promise<[Right, Call][]> => {
    const [{ _id: one }, { _id: two }, { _id: three }] = [
      await v4Create(app),
      await v4Create(app),
      await v4Create(app),
    ];
    return [
      ['read', ['GET', V4, {}, 200]],
      ['read', ['GET', `${V4}/${one}`, {}, 200]],
      ['create', ['POST', V4, { json: v4Body() }, 201]],
      ['create', ['POST', V4_BULK, { json: [v4Body()] }, 201]],
      ['update', ['PUT', `${V4}/${one}`, { json: v4Body() }, 200]],
      ['update', ['PUT', V4_BULK, { json: [{ ...v4Body(), _id: one }] }, 200]],
      ['delete', ['DELETE', `${V4}/${two}`, {}, 204]],
      ['delete', ['DELETE', `${V4_BULK}?ids[]=${three}`, {}, 204]],
      ['event', ['POST', '/api/v4/event', { json: {} }, 200]],
    ];
  };

  it('let those make a call who have its right, and nobody else, before anything else is looked at', async () => {
    for (const [right, [method, path, request, status]] of await calls()) {
      const broken = { ...request, ...('json' in request && { json: 5 }) };
      for (const other of [...RIGHTS, 'none'].filter((each) => each !== right))
        expectV4(await app.request(method, path, { ...broken, auth: `${other}:x` }), [...FORBIDDEN]);
      for (const auth of [null, `${right}:y`])
        expectV4(await app.request(method, path, { ...broken, auth }), [...UNAUTHORIZED]);
      expect([
        right,
        path,
        (await app.request(method, path, { ...request, auth: `${right}:x` })).status,
      ]).toEqual([right, path, status]);
    }
  });

  it('are told to whoever asks', async () => {
    for (const [name, checksum] of Object.entries(MASKS)) {
      const answer = await app.request('GET', '/api/v4/account/me', {
        auth: `${name}:${name === 'root' ? name : 'x'}`,
      });
      expect(answer).toMatchObject({
        status: 200,
        json: {
          _id: name,
          authkey: '',
          rights: { api_heartbeat: { checksum }, models_exploitation_heartbeat: { checksum } },
        },
      });
    }
    expectV4(await app.request('GET', '/api/v4/account/me', { auth: 'root:x' }), [...UNAUTHORIZED]);
  });
});

it('are told as permissions in canopsis-4.3, where the author is the caller', async () => {
  const app = await startTestApplication({ dialect: 'canopsis-4.3' });
  try {
    const { json } = await app.request('GET', '/api/v4/account/me');
    const actions = ['create', 'delete', 'read', 'update'];
    expect(json).toEqual({
      _id: 'root',
      name: 'root',
      email: '',
      role: { _id: '', name: '' },
      permissions: ['api_heartbeat', 'models_exploitation_heartbeat'].map((name) => ({
        ...{ _id: name, name, description: '', type: 'CRUD', actions },
      })),
    });
    for (const author of [undefined, 'other', 5, null]) {
      const answer = await app.request('POST', V4, { json: { ...v4Body(), author } });
      expect(answer).toMatchObject({ status: 201, json: { author: 'root' } });
    }
    const { name } = (await app.request('POST', V4, { json: v4Body() })).json as { name: string };
    expectV4(await app.request('POST', V4, { json: v4Body({ name, _id: undefined }) }), [
      400,
      { errors: { name: 'Name already exists.' } },
    ]);
    expectV4(await app.request('POST', V4, { json: v4Body({ _id: 'a/b' }) }), [
      400,
      { errors: { _id: 'ID cannot contain /?.$ characters.' } },
    ]);
  } finally {
    await app.close();
  }
});
