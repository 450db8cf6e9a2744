import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { ROOT, exchange, request } from '../support/raw-http';

/** The calls of the older document, in its order; `<Canopsis_URL>` is the application. */
describe.each<[HttpFramework]>([['fastify'], ['express']])(
  'the document of Canopsis 3 on %s',
  (framework) => {
    const c1 = `{
  "pattern": {
      "connector": "c1",
      "connector_name": "connector1"
  },
  "expected_interval": "10s"
}`;
    const c2 = '{"pattern":{"connector":"c2","connector_name":"connector2"},"expected_interval":"15m"}';
    const c1Id = 'dee45902d176471ef5cf5c281fc3b83b';
    const c2Id = '3d071cb49acce44040b35ed8c6714ef1';
    const c1Shown = `{"_id":"${c1Id}","pattern":{"connector":"c1","connector_name":"connector1"},"expected_interval":"10s"}`;
    const c2Shown = `{"_id":"${c2Id}","pattern":{"connector":"c2","connector_name":"connector2"},"expected_interval":"15m"}`;
    const headers = { 'Content-Type': 'application/json' };

    let app: TestApplication;
    beforeAll(async () => {
      app = await startTestApplication({ framework, dialect: 'canopsis-3' });
    });
    afterAll(() => app.close());

    const call = async (method: string, path: string, body?: string): Promise<[number, string]> => {
      const answer = await app.request(method, path, { body, ...(body !== undefined && { headers }) });
      return [answer.status, answer.text];
    };

    it('creates the first heartbeat', async () => {
      expect(await call('POST', '/api/v2/heartbeat', c1)).toEqual([
        200,
        `{"name":"heartbeat created","description":"${c1Id}"}`,
      ]);
    });

    it('refuses a body that is not valid', async () => {
      expect(await call('POST', '/api/v2/heartbeat', '{"expected_interval":"10s"}')).toEqual([
        400,
        '{"name":"","description":"invalid heartbeat payload."}',
      ]);
    });

    it('refuses the same heartbeat again', async () => {
      expect(await call('POST', '/api/v2/heartbeat', c1)).toEqual([
        400,
        '{"name":"","description":"heartbeat pattern already exists"}',
      ]);
    });

    it('shows one heartbeat', async () => {
      expect(await call('GET', `/api/v2/heartbeat/${c1Id}`)).toEqual([200, c1Shown]);
    });

    it('lists all heartbeats, the oldest first', async () => {
      expect(await call('POST', '/api/v2/heartbeat/', c2)).toEqual([
        200,
        `{"name":"heartbeat created","description":"${c2Id}"}`,
      ]);
      expect(await call('GET', '/api/v2/heartbeat/')).toEqual([200, `[${c1Shown},${c2Shown}]`]);
    });

    it('takes the DEL of its curl line for DELETE', async () => {
      const line = `DEL /api/v2/heartbeat/${c2Id}`;
      const refused = await exchange(app.url, request(line));
      expect(refused.answers[0]?.status).toBe(401);
      const { answers, closed } = await exchange(app.url, request(line, [ROOT]));
      expect(answers.map(({ status, text }) => [status, text])).toEqual([
        [200, `{"name":"heartbeat removed","description":"${c2Id}"}`],
      ]);
      expect(closed).toBe(true);
    });

    it('removes a heartbeat', async () => {
      expect(await call('DELETE', `/api/v2/heartbeat/${c1Id}`)).toEqual([
        200,
        `{"name":"heartbeat removed","description":"${c1Id}"}`,
      ]);
    });

    it.each(['GET', 'DELETE'])('answers %s of a heartbeat that is not there', async (method) => {
      expect(await call(method, `/api/v2/heartbeat/${c1Id}`)).toEqual([
        404,
        `{"description":"heartbeat not found","name":"${c1Id}"}`,
      ]);
    });
  },
);
