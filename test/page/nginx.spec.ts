import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseProcess, startDatabaseProcess } from '../support/processes';
import { type PageApplication, startPageApplication } from './application';
import { type TestBrowser, describeInBrowser, logIn, rowOf, startBrowser, useThePage } from './browser';
import { startNginx } from './nginx';

const program = process.env.NGINX ?? '';
if (program === '' && process.env.REQUIRE_OUTSIDE === '1') {
  throw new Error('REQUIRE_OUTSIDE=1 needs NGINX, the path of an nginx');
}

/** Skipped, and seen to be, without a browser or without an nginx. */
const describeBehindNginx = program === '' ? describe.skip : describeInBrowser;

describeBehindNginx('behind the nginx that is shipped, in front of two nodes', () => {
  let browser: TestBrowser;
  let directory: string;
  let database: DatabaseProcess;
  let nodes: PageApplication[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'heartbeat-nginx-nodes-'));
    [browser, database] = await Promise.all([startBrowser(), startDatabaseProcess(directory)]);
    const env = { MONGODB_URI: `${database.uri}/nodes`, TRUSTED_PROXIES: '127.0.0.1' };
    nodes = [await startPageApplication('fastify', env), await startPageApplication('express', env)];
  });
  afterAll(async () => {
    await browser?.close();
    for (const node of nodes ?? []) await node.close();
    await database?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  afterEach(() => expect(browser.complaints()).toEqual([]));

  it.each(['/', '/tools/heartbeats/'])('the page works at %s, and hears of changes at once', async (path) => {
    const nginx = await startNginx(
      program,
      nodes.map(({ url }) => url),
      path,
    );
    try {
      await useThePage(browser, nginx.url, `one at ${path}`);
      const page = await browser.open(nginx.url);
      // The stream's first message: nginx holds nothing back.
      const stream = page.waitForResponse((response) => response.url().includes('heartbeat-changes'));
      await logIn(page);
      expect((await stream).status()).toBe(200);
      const name = `another at ${path}`;
      const id = await nodes[1]?.create(name);
      await rowOf(page, name).waitFor();
      await nodes[0]?.remove(id ?? '');
      await rowOf(page, name).waitFor({ state: 'detached' });
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.context().close();
    } finally {
      await nginx.stop();
    }
  });

  it('below a path, the address without its last slash leads to the page', async () => {
    const nginx = await startNginx(
      program,
      nodes.map(({ url }) => url),
      '/tools/heartbeats/',
    );
    try {
      const page = await browser.open(nginx.url.slice(0, -1));
      await page.getByRole('button', { name: 'Log in' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/tools/heartbeats/');
      await page.context().close();
    } finally {
      await nginx.stop();
    }
  });
});
