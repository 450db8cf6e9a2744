import type { Page } from 'playwright-core';
import { type PageApplication, startPageApplication } from './application';
import {
  type TestBrowser,
  describeInBrowser,
  faultsOf,
  isTooWide,
  logIn,
  picture,
  rowOf,
  startBrowser,
} from './browser';
import { eventually } from '../support/eventually';

const SCREENS = ['heartbeats', 'alarms', 'events', 'maintenance', 'settings'];

describeInBrowser('how the page looks', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let silent: string;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startPageApplication(), startBrowser()]);
    silent = await app.create('silent one', { expected_interval: '1s', description: 'is never heard' });
    await app.create('a name that is too long for one line of the list, even on a wide screen '.repeat(3));
    for (const name of ['batch lille', 'batch lyon']) {
      await app.create(name);
      for (let beats = 0; beats < 3; beats++) await app.beat(name);
    }
  });
  afterAll(() => Promise.all([app?.close(), browser?.close()]));
  afterEach(() => expect(browser.complaints()).toEqual([]));

  describe.each([
    ['light', 'en'],
    ['dark', 'fr'],
  ] as const)('in %s, %s', (colorScheme, locale) => {
    it.each([1_280, 390])('has no fault that axe finds at a width of %d', async (width) => {
      const page = await browser.open(app.url, { colorScheme, locale, viewport: { width, height: 800 } });
      const check = async (name: string): Promise<void> => {
        await picture(page, `${name}-${colorScheme}-${locale}-${width}`);
        expect([name, await faultsOf(page), await isTooWide(page)]).toEqual([name, [], false]);
      };
      await check('log-in');
      await logIn(page);
      await rowOf(page, 'silent one').waitFor();
      await page.getByRole('button', { name: /^(Down|Muet) 1$/ }).waitFor();
      await check('list');
      await page.locator('.primary').click();
      await page.getByRole('dialog').waitFor();
      await page.getByRole('button', { name: /^(Save|Enregistrer)$/ }).click();
      await check('editor');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^(Delete|Supprimer) silent one$/ }).click();
      await page.getByRole('alertdialog').waitFor();
      await check('delete');
      await page.keyboard.press('Escape');
      await page.goto(`${app.url}/?heartbeat=${silent}`);
      await page.getByText('is never heard').first().waitFor();
      await check('details');
      for (const screen of SCREENS.slice(1)) {
        await page.goto(`${app.url}/?page=${screen}`);
        await page.getByText(/^(Loading|Chargement)…$/).waitFor({ state: 'detached' });
        await check(screen);
      }
      await page.context().close();
    });
  });

  it('is in the language of the browser, until one chooses another', async () => {
    const page = await browser.open(app.url, { locale: 'fr-CA' });
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await logIn(page);
    await page.getByRole('link', { name: 'Réglages' }).click();
    await page.getByRole('combobox', { name: 'Langue' }).selectOption('English');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.reload();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.context().close();
  });

  it('is as light or dark as the system, until one chooses', async () => {
    const page = await browser.open(`${app.url}/?page=settings`, { colorScheme: 'dark' });
    await logIn(page);
    const isDark = (): Promise<boolean> =>
      page.evaluate(`getComputedStyle(document.documentElement).backgroundColor === 'rgb(20, 23, 28)'`);
    expect(await isDark()).toBe(true);
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('Light');
    expect(await isDark()).toBe(false);
    await page.reload();
    await page.getByRole('combobox', { name: 'Theme' }).waitFor();
    expect(await isDark()).toBe(false);
    await page.context().close();
  });

  it('says in its title how many are silent', async () => {
    const page = await browser.open(app.url);
    await logIn(page);
    await eventually(async () => expect(await page.title()).toBe('(1) Heartbeats'));
    await page.context().close();
  });

  it('shows exact times where one wants them', async () => {
    const page: Page = await browser.open(`${app.url}/?page=settings`);
    await logIn(page);
    await page.getByRole('combobox', { name: 'Times' }).selectOption('Exact');
    await page.getByRole('link', { name: 'Heartbeats' }).click();
    const last = rowOf(page, 'batch lyon').getByRole('gridcell').nth(4);
    expect(await last.innerText()).toMatch(/^\d\d:\d\d$/);
    await page.context().close();
  });
});
