import type { Page } from 'playwright-core';
import { type PageApplication, startPageApplication } from './application';
import { type TestBrowser, describeInBrowser, logIn, rowOf, startBrowser } from './browser';
import { type Relay, startRelay } from './relay';

describeInBrowser('the page that is open', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let relay: Relay;
  let page: Page;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startPageApplication(), startBrowser()]);
    relay = await startRelay([app.url]);
    await app.create('steady');
    page = await browser.open(relay.url);
    await logIn(page);
    await rowOf(page, 'steady').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await relay?.close();
    await app?.close();
  });
  afterEach(() => expect(browser.complaints()).toEqual([]));

  const alert = () => page.getByRole('alert').filter({ hasText: 'Connection lost.' });

  it('shows what others create, hear and delete, without being asked', async () => {
    await app.create('from elsewhere');
    await rowOf(page, 'from elsewhere').getByText('Waiting').waitFor();
    await app.beat('from elsewhere');
    await rowOf(page, 'from elsewhere').getByText('Up').waitFor();
    const id = await app.create('soon silent', { expected_interval: '1s' });
    await rowOf(page, 'soon silent').getByText('Down').waitFor();
    await page.getByRole('button', { name: /^Down 1$/ }).waitFor();
    await page.waitForFunction(`document.title === '(1) Heartbeats'`);
    await app.remove(id);
    await rowOf(page, 'soon silent').waitFor({ state: 'detached' });
    await page.waitForFunction(`document.title === 'Heartbeats'`);
  });

  it('says that its line is cut, keeps what it knew, and goes on afterwards', async () => {
    const restore = relay.cut();
    await alert().waitFor();
    await rowOf(page, 'steady').waitFor();
    expect(await alert().innerText()).toMatch(
      /^Connection lost\. States are of \d\d:\d\d:\d\d\. Trying again\.$/,
    );
    await app.create('made meanwhile');
    restore();
    await alert().waitFor({ state: 'detached' });
    await rowOf(page, 'made meanwhile').waitFor();
  });

  it('says within 30 s that its line is held', async () => {
    const release = relay.hold();
    const held = Date.now();
    await alert().waitFor({ timeout: 60_000 });
    expect(Date.now() - held).toBeLessThan(30_000);
    release();
    await alert().waitFor({ state: 'detached' });
  });

  it('holds no connection while nobody sees it', async () => {
    const hide = (isHidden: boolean): Promise<void> =>
      page.evaluate(`(() => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
        document.dispatchEvent(new Event('visibilitychange'));
      })()`);
    await waitUntil(() => relay.underWay() > 0);
    await hide(true);
    await waitUntil(() => relay.underWay() === 0);
    await app.create('made unseen');
    await hide(false);
    await rowOf(page, 'made unseen').waitFor();
    await waitUntil(() => relay.underWay() > 0);
  });
});

/** Waits for what the page does by itself. */
async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
