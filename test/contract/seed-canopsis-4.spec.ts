import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The calls of the newer document, in its order, and what they answer field by field. */
describe.each<[HttpFramework]>([['fastify'], ['express']])(
  'the document of Canopsis 4 on %s',
  (framework) => {
    const body = `{
  "author": "créateur",
  "name": "Heartbeat",
  "description": "Ceci est une description",
  "expected_interval": "1m",
  "output": "Une note personnalisable",
  "pattern": {
    "connector": "connect",
    "connector_name": "c01"
  }
}`;
    const second = body
      .replace('c01', 'c02')
      .replace('"Heartbeat"', '"Heartbeat 2"')
      .replace('créateur', 'root');
    const headers = { 'Content-Type': 'application/json' };
    const seconds = { first: 1607680814, second: 1607680882 };

    let app: TestApplication;
    let now = seconds.first;
    const ids: string[] = [];
    beforeAll(async () => {
      app = await startTestApplication({
        framework,
        dialect: 'canopsis-4',
        clock: { now: () => now * 1000 + 999 },
      });
    });
    afterAll(() => app.close());

    const shown = (
      id: string | undefined,
      time: number,
      name: string,
      author: string,
      c: string,
    ): unknown => ({
      updated: time,
      description: 'Ceci est une description',
      created: time,
      pattern: { connector: 'connect', connector_name: c },
      author,
      expected_interval: '1m',
      output: 'Une note personnalisable',
      _id: id,
      name,
    });

    it('creates heartbeats', async () => {
      for (const [time, sent] of [
        [seconds.first, body],
        [seconds.second, second],
      ] as const) {
        now = time;
        const { status, text, json } = await app.request('POST', '/api/v2/heartbeat', {
          body: sent,
          headers,
        });
        const id = (json as { description: string }).description;
        expect(id).toMatch(UUID);
        expect([status, text]).toEqual([200, `{"name":"heartbeat created","description":"${id}"}`]);
        ids.push(id);
      }
    });

    it('refuses a body that is not valid', async () => {
      const { status, text } = await app.request('POST', '/api/v2/heartbeat', { body: '{}', headers });
      expect([status, text]).toEqual([400, '{"name":"","description":"invalid heartbeat payload."}']);
    });

    it('refuses the same pattern again', async () => {
      const { status, text } = await app.request('POST', '/api/v2/heartbeat', { body, headers });
      expect([status, text]).toEqual([400, '{"name":"","description":"heartbeat pattern already exists"}']);
    });

    it('shows one heartbeat', async () => {
      const { status, json } = await app.request('GET', `/api/v2/heartbeat/${ids[0]}`);
      expect([status, json]).toStrictEqual([
        200,
        shown(ids[0], seconds.first, 'Heartbeat', 'créateur', 'c01'),
      ]);
    });

    it('lists all heartbeats, the newest first', async () => {
      const { status, json } = await app.request('GET', '/api/v2/heartbeat');
      expect(status).toBe(200);
      expect(json).toStrictEqual([
        shown(ids[1], seconds.second, 'Heartbeat 2', 'root', 'c02'),
        shown(ids[0], seconds.first, 'Heartbeat', 'créateur', 'c01'),
      ]);
    });

    it('removes a heartbeat', async () => {
      const { status, text } = await app.request('DELETE', `/api/v2/heartbeat/${ids[0]}`);
      expect([status, text]).toEqual([200, `{"name":"heartbeat removed","description":"${ids[0]}"}`]);
    });

    it.each(['GET', 'DELETE'])('answers %s of a heartbeat that is not there', async (method) => {
      const { status, text } = await app.request(method, `/api/v2/heartbeat/${ids[0]}`);
      expect([status, text]).toEqual([404, `{"description":"heartbeat not found","name":"${ids[0]}"}`]);
    });
  },
);
