import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseProcess, startDatabaseProcess } from '../support/processes';
import { type PageApplication, startPageApplication } from './application';
import { type TestBrowser, describeInBrowser, startBrowser, useThePage } from './browser';
import { type Relay, startRelay } from './relay';

describeInBrowser('the page works', () => {
  let browser: TestBrowser;
  let directory: string;
  let database: DatabaseProcess;
  const open: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'heartbeat-places-'));
    [browser, database] = await Promise.all([startBrowser(), startDatabaseProcess(directory)]);
  });
  afterEach(async () => {
    while (open.length > 0) await open.pop()?.close();
    expect(browser.complaints()).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await database?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const start = async (...given: Parameters<typeof startPageApplication>): Promise<PageApplication> => {
    const app = await startPageApplication(...given);
    open.push(app);
    return app;
  };
  const relayTo = async (...given: Parameters<typeof startRelay>): Promise<Relay> => {
    const relay = await startRelay(...given);
    open.push(relay);
    return relay;
  };

  const useIt = (url: string, name: string): Promise<void> => useThePage(browser, url, name);

  it('on Express', async () => {
    await useIt((await start('express')).url, 'on Express');
  });

  it('behind a proxy, below a path', async () => {
    const app = await start();
    const relay = await relayTo([app.url], '/tools/monitoring/');
    await useIt(relay.url, 'behind a proxy');
  });

  it('below a path and a prefix in a Nest application of somebody else', async () => {
    const app = await start('host', { MONGODB_URI: `${database.uri}/host` });
    await useIt(`${app.url}/ops/pages/heartbeats`, 'in a host');
  });

  it('with two nodes behind one address, on which one is logged in and out at once', async () => {
    const env = { MONGODB_URI: `${database.uri}/nodes` };
    const nodes = [await start('fastify', env), await start('express', env)];
    const relay = await relayTo(nodes.map(({ url }) => url));
    await useIt(relay.url, 'on two nodes');
  });
});
