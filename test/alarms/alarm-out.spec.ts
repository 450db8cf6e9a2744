import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create, heartbeat } from '../support/canopsis';
import { eventually } from '../support/eventually';

describe('an alarm on its way to the webhook', () => {
  let server: Server;
  let app: TestApplication;
  let calls: { body: string; signature: unknown }[];
  /** What the next calls are answered with; 200 once there are no more. */
  let statuses: number[];

  beforeEach(async () => {
    calls = [];
    statuses = [];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        calls.push({ body, signature: request.headers['x-heartbeat-signature'] });
        response.writeHead(statuses.shift() ?? 200).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    app = await startTestApplication({
      env: { ALARM_WEBHOOK_URL: `http://127.0.0.1:${port}/`, ALARM_WEBHOOK_SECRET: 'k' },
    });
  });
  afterEach(async () => {
    await app.close();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const alarm = (state: number, connector: string, output: string): Record<string, unknown> => ({
    connector: 'heartbeat',
    connector_name: 'heartbeat',
    event_type: 'check',
    component: 'heartbeats',
    resource: `connector:${connector}`,
    source_type: 'resource',
    state,
    output,
    timestamp: expect.any(Number) as number,
  });

  it('is the documented event, signed, at the silence and at its end; both show in the state', async () => {
    const connector = 'silent-3s';
    const id = await create(app, heartbeat({ pattern: { connector }, expected_interval: '3s' }));
    const state = async (): Promise<unknown> =>
      ((await app.request('GET', `${HEARTBEATS}/${id}/state`)).json as { state: unknown }).state;
    expect(await state()).toBe('waiting');

    await eventually(() => calls.length >= 1);
    expect(await state()).toBe('down');
    const json = { connector, connector_name: 'n', event_type: 'check', component: 'x' };
    await app.request('POST', '/api/v2/event', { json });
    expect(await state()).toBe('up');
    await eventually(() => calls.length >= 2);
    const sent = calls.slice(0, 2);

    expect(sent.map((call) => JSON.parse(call.body) as unknown)).toStrictEqual([
      alarm(3, connector, `No event matching connector:${connector} for 3s`),
      alarm(0, connector, `Event matching connector:${connector} received`),
    ]);
    for (const call of sent) {
      const hmac = createHmac('sha256', 'k').update(call.body).digest('hex');
      expect(call.signature).toBe(`sha256=${hmac}`);
    }
  });

  it('is sent again, byte for byte, until it is taken; what follows waits for it', async () => {
    statuses = [500, 302];
    const body = heartbeat({ expected_interval: '1s' });
    await create(app, body);
    await eventually(() => calls.length >= 1);
    await app.request('POST', '/api/v2/event', {
      json: { ...body.pattern, connector_name: 'n', event_type: 'check', component: 'x' },
    });
    await eventually(() => calls.length >= 4);
    const states = calls.map((call) => (JSON.parse(call.body) as { state: unknown }).state);
    expect(states.slice(0, 4)).toEqual([3, 3, 3, 0]);
    expect(new Set(calls.slice(0, 3).map((call) => call.body)).size).toBe(1);
  });
});
