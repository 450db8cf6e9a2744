import type { HttpFramework } from '../../src/http/adapters';
import { type TestApplication, startTestApplication } from '../support/application';
import { V4, V4_BULK, type V4Answered, expectV4, v4Body } from '../support/canopsis-v4';
import { eventually } from '../support/eventually';
import { KeepingLogger } from '../support/log';

/** At a rate of one a second still far from over when the bulk is answered, on a busy machine too. */
const MANY = 100;
const USERS = 'root:root,ada:x,bob:x,cleo:x';

describe.each<[HttpFramework]>([['fastify'], ['express']])('the items of a bulk on %s', (framework) => {
  let app: TestApplication;
  let logger: KeepingLogger;
  const start = async (env: Record<string, string> = {}): Promise<void> => {
    logger = new KeepingLogger();
    app = await startTestApplication({ framework, logger, env: { HEARTBEAT_USERS: USERS, ...env } });
    // A busy machine takes its time for the first.
    await eventually(async () => (await app.request('GET', V4)).status === 200);
  };
  afterEach(() => app.close());

  async function expectLimited(auth: string): Promise<void> {
    const answer = await app.request('POST', V4, { auth, json: v4Body() });
    expectV4(answer, [429, { error: 'Too Many Requests' }]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(30);
  }

  it('count one by one for the rate of writes', async () => {
    await start({ RATE_LIMIT_WRITES: '1' });
    const json = Array.from({ length: MANY }, () => v4Body());
    const created = await app.request('POST', V4_BULK, { auth: 'ada:x', json });
    expect(created.status).toBe(201);
    await expectLimited('ada:x');
    const documents = created.json as V4Answered[];
    expect((await app.request('PUT', V4_BULK, { auth: 'bob:x', json: documents })).status).toBe(200);
    await expectLimited('bob:x');
    const ids = documents.map(({ _id }) => _id);
    expect((await app.request('DELETE', V4_BULK, { auth: 'cleo:x', json: { ids } })).status).toBe(204);
    await expectLimited('cleo:x');
    // Somebody else has a rate of their own.
    expect((await app.request('POST', V4, { json: v4Body() })).status).toBe(201);
  });

  it('have a line each in the audit log, and none where the bulk is refused', async () => {
    await start();
    const ids = ['c', 'a', 'b'];
    const bodies = ids.map((_id) => v4Body({ _id }));
    const calls: [string, string, unknown, number][] = [
      ['POST', V4_BULK, bodies, 201],
      ['POST', V4_BULK, [v4Body(), {}], 400],
      ['POST', V4_BULK, [v4Body(), bodies[0]], 400],
      ['PUT', V4_BULK, bodies, 200],
      ['PUT', V4_BULK, [...bodies, v4Body({ _id: 'unknown' })], 404],
      ['DELETE', V4_BULK, { ids: [...ids, 'unknown'] }, 404],
      ['DELETE', `${V4_BULK}?ids[]=c&ids[]=a&ids[]=c&ids[]=b`, undefined, 204],
    ];
    for (const [method, path, json, status] of calls)
      expect((await app.request(method, path, { auth: 'ada:x', json })).status).toBe(status);
    const lines = ['created', 'updated', 'removed'].flatMap((action) =>
      ids.map((heartbeat) => ({ msg: `heartbeat ${action}`, user: 'ada', action, heartbeat })),
    );
    expect(logger.of('Audit')).toMatchObject(lines);
    expect(new Set(logger.of('Audit').map((line) => (line as { requestId: string }).requestId)).size).toBe(3);
  });

  it('are watched before the answer', async () => {
    await start();
    const states = async (): Promise<string[]> =>
      ((await app.request('GET', '/api/v2/heartbeat-state')).json as { state: string }[]).map(
        ({ state }) => state,
      );
    const events = (documents: readonly V4Answered[]): object[] =>
      documents.map(({ pattern }) => ({
        ...{ ...(pattern as object), connector_name: 'n', event_type: 'check', component: 'x' },
      }));
    const json = Array.from({ length: MANY }, () => v4Body());
    const created = (await app.request('POST', V4_BULK, { json })).json as V4Answered[];
    await app.request('POST', '/api/v4/event', { json: events(created) });
    expect(await states()).toEqual(created.map(() => 'up'));
    const moved = created.map((document, at) => ({ ...document, pattern: { connector: `moved ${at}` } }));
    const replaced = (await app.request('PUT', V4_BULK, { json: moved })).json as V4Answered[];
    expect(await states()).toEqual(replaced.map(() => 'waiting'));
    await app.request('POST', '/api/v4/event', { json: events(replaced) });
    expect(await states()).toEqual(replaced.map(() => 'up'));
    const ids = replaced.map(({ _id }) => _id);
    expect((await app.request('DELETE', V4_BULK, { json: { ids } })).status).toBe(204);
    expect(await states()).toEqual([]);
  });
});
