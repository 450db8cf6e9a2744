import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { Watching } from '../engine/support/watching';

describe('alarms for a broker and a webhook', () => {
  let database: TestDatabase;
  let site: Watching;
  let server: Server;
  /** The states that were posted, by resource. */
  let posted: { resource: string; state: number; id: string; name: unknown }[];
  let status: number;
  let headers: Record<string, string>;

  beforeEach(async () => {
    [posted, status, headers] = [[], 200, {}];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const { resource, state } = JSON.parse(body) as { resource: string; state: number };
        const { 'x-heartbeat-id': id, 'x-heartbeat-name': name } = request.headers;
        posted.push({ resource, state, id: String(id), name });
        response.writeHead(status, headers).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    database = await startTestDatabase();
    await start();
  });
  afterEach(async () => {
    await site.stop();
    await database.close();
    server.closeAllConnections();
    server.close();
  });

  async function start(options: Partial<Parameters<typeof Watching.start>[0]> = {}): Promise<void> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    site = await Watching.start({ databaseUri: database.uri, webhook: { url }, ...options });
  }

  const told = (connector: string): number[] =>
    posted.filter(({ resource }) => resource === `connector:${connector}`).map(({ state }) => state);

  /** Time passes until the webhook was told so often: alarms rest after a failure. */
  const untilTold = (connector: string, times: number): Promise<void> =>
    eventually(async () => {
      await site.pass(1_000);
      return told(connector).length >= times;
    });

  const allSent = (): Promise<void> =>
    eventually(async () => {
      const waiting = { $or: [{ unsent: { $gte: 1 } }, { webhook_unsent: { $gte: 1 } }] };
      return (await site.states.countDocuments(waiting)) === 0;
    });

  it('go to both, once each, with the heartbeat that they are about', async () => {
    const id = await site.create('c1', { name: 'Nächtlich' });
    await site.pass(11_000);
    await site.becomes(id, 'down');
    await eventually(() => told('c1').length === 1);
    await site.event('c1');
    await eventually(() => told('c1').length === 2);
    await allSent();
    expect([site.sink.told('connector:c1'), told('c1')]).toEqual([
      [3, 0],
      [3, 0],
    ]);
    expect(posted[0]).toMatchObject({ id, name: 'N%C3%A4chtlich' });
  });

  it('reach the broker while the webhook is away, which then gets what it missed, in order, and nothing twice', async () => {
    status = 503;
    await site.create('c1');
    await site.pass(11_000);
    await eventually(() => site.sink.told('connector:c1').length === 1);
    await site.event('c1');
    await eventually(() => site.sink.told('connector:c1').length === 2);
    await eventually(() => told('c1').length >= 1);
    expect(told('c1')).not.toContain(0);
    [posted, status] = [[], 200];
    await untilTold('c1', 2);
    await allSent();
    expect(told('c1').slice(0, 2)).toEqual([3, 0]);
    expect(told('c1')).toEqual(site.sink.told('connector:c1'));
  });

  it('reach the webhook while the broker is away, also of an engine that was restarted meanwhile', async () => {
    site.sink.refusing = true;
    await site.create('c1');
    await site.pass(11_000);
    await eventually(() => told('c1').length === 1);
    const { clock, sink } = site;
    await site.stop();
    sink.refusing = false;
    await start({ clock, sink });
    await eventually(async () => {
      await site.pass(1_000);
      return sink.told('connector:c1').length === 1;
    });
    await allSent();
    expect(told('c1')).toEqual([3]);
  });

  it('of a removed heartbeat keep its state until both were told', async () => {
    const id = await site.create('c1');
    await site.pass(11_000);
    await eventually(() => told('c1').length === 1);
    status = 500;
    await site.heartbeats.remove(id);
    await eventually(() => site.sink.told('connector:c1').length === 2);
    await site.pass(5_000);
    expect(await site.state(id)).toMatchObject({ removed: true, unsent: 0, webhook_unsent: 1 });
    [posted, status] = [[], 200];
    await untilTold('c1', 1);
    await eventually(async () => (await site.state(id)) === null);
    expect(told('c1')).toEqual([0]);
  });

  it('that waited for a webhook alone before there was a broker are sent', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const id = await site.create('c1');
    status = 500;
    await site.pass(11_000);
    await eventually(() => told('c1').length >= 1);
    expect(await site.state(id)).toMatchObject({ unsent: 0, webhook_unsent: 1 });
    const { clock } = site;
    await site.stop();
    [posted, status] = [[], 200];
    site = await Watching.start({ databaseUri: database.uri, clock, webhook: { url }, broker: false });
    await untilTold('c1', 1);
    await allSent();
  });

  it('leave a webhook alone for as long as it asks, and the broker is told meanwhile', async () => {
    [status, headers] = [429, { 'Retry-After': '30' }];
    await site.create('c1');
    await site.create('c2');
    await site.pass(11_000);
    await eventually(() => site.sink.alarms.length === 2);
    await eventually(() => posted.length >= 1);
    await site.pass(2_000);
    [posted, status] = [[], 200];
    await site.pass(25_000);
    expect(posted).toEqual([]);
    await untilTold('c1', 1);
    await untilTold('c2', 1);
    await allSent();
  });
});
