import type { Page } from 'playwright-core';
import { type PageApplication, startPageApplication } from './application';
import { type TestBrowser, describeInBrowser, focused, logIn, rowOf, startBrowser } from './browser';

const TOTAL = 60;
const nameOf = (index: number): string => `job ${String(index).padStart(2, '0')}`;

describeInBrowser('the list of heartbeats', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startPageApplication(), startBrowser()]);
    for (let index = 0; index < TOTAL; index++) {
      await app.create(nameOf(index), {
        expected_interval: `${TOTAL - index}m`,
        description: `number ${index}`,
      });
    }
    for (const index of [3, 4]) await app.beat(nameOf(index));
    page = await browser.open(app.url);
    await logIn(page);
    await page.getByRole('grid').waitFor();
  });
  afterAll(() => Promise.all([app?.close(), browser?.close()]));
  afterEach(() => expect(browser.complaints()).toEqual([]));

  const status = (text: string): Promise<void> =>
    page.getByRole('status').filter({ hasText: text }).waitFor();
  const firstName = (): Promise<string> => page.getByRole('row').nth(1).getByRole('link').innerText();
  const headerOf = (name: string) => page.getByRole('columnheader', { name });

  it('refuses a wrong password, and takes the right one', async () => {
    const stranger = await browser.open(app.url);
    await stranger.getByRole('textbox', { name: 'User name' }).fill('root');
    await stranger.getByLabel('Password').fill('toor');
    await stranger.getByRole('button', { name: 'Log in' }).click();
    await stranger.getByRole('alert').filter({ hasText: 'Wrong user name or password.' }).waitFor();
    await stranger.getByLabel('Password').fill('root');
    await stranger.keyboard.press('Enter');
    await stranger.getByRole('grid', { name: 'Heartbeats' }).waitFor();
    await stranger.getByRole('button', { name: 'Log out' }).click();
    await stranger.getByRole('button', { name: 'Log in' }).waitFor();
    await stranger.reload();
    await stranger.getByRole('button', { name: 'Log in' }).waitFor();
    await stranger.context().close();
  });

  it('says how many there are, in all and of each state', async () => {
    await status(`${TOTAL} heartbeats`);
    const group = page.getByRole('group', { name: 'State' });
    expect(await group.getByRole('button').allInnerTexts()).toEqual([
      'All 60',
      expect.stringMatching(/Down 0$/),
      expect.stringMatching(/Invalid 0$/),
      expect.stringMatching(/Waiting 58$/),
      expect.stringMatching(/Up 2$/),
    ]);
    const grid = page.getByRole('grid', { name: 'Heartbeats' });
    expect(await grid.getAttribute('aria-rowcount')).toBe(`${TOTAL + 1}`);
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
      expect.stringMatching(/^State/),
      'Name',
      'Recent past',
      'Interval',
      'Last event',
      'Time left',
      'Actions',
    ]);
    await rowOf(page, nameOf(TOTAL - 1))
      .getByRole('button', { name: `Duplicate ${nameOf(TOTAL - 1)}` })
      .waitFor();
  });

  it('shows one state when its number is clicked, and keeps that in the address', async () => {
    const up = page.getByRole('button', { name: /^Up/ });
    await up.click();
    await status('2 heartbeats');
    expect(await up.getAttribute('aria-pressed')).toBe('true');
    expect(page.url()).toContain('state=up');
    await page.reload();
    await status('2 heartbeats');
    await page.goBack();
    await status(`${TOTAL} heartbeats`);
  });

  it.each([
    ['name', 'JOB 17', 1],
    ['description', 'number 1', 11],
    ['value of the pattern', 'job 5', 10],
  ])('finds by %s while one types', async (_, text, found) => {
    const search = page.getByRole('searchbox', { name: 'Search heartbeats' });
    await search.fill(text);
    await status(`${found} heartbeat`);
    await page.waitForURL((url) => url.searchParams.get('search') === text);
    await search.fill('');
    await status(`${TOTAL} heartbeats`);
  });

  it('says when nothing is found, and shows all again', async () => {
    await page.getByRole('searchbox').fill('no such heartbeat');
    await page.getByText('No heartbeat matches.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await status(`${TOTAL} heartbeats`);
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });

  it('sorts by a header, up and down', async () => {
    expect(await headerOf('State').getAttribute('aria-sort')).toBe('ascending');
    await headerOf('Name').getByRole('button').click();
    await expectSoon(firstName, nameOf(0));
    expect(await headerOf('Name').getAttribute('aria-sort')).toBe('ascending');
    await headerOf('Name').getByRole('button').click();
    await expectSoon(firstName, nameOf(TOTAL - 1));
    expect(await headerOf('Name').getAttribute('aria-sort')).toBe('descending');
    expect(await headerOf('State').getAttribute('aria-sort')).toBeNull();
    await headerOf('Interval').getByRole('button').click();
    await expectSoon(firstName, nameOf(TOTAL - 1));
    expect(page.url()).toContain('sort_by=expected_interval');
  });

  it('is walked through by keyboard alone', async () => {
    await page.goto(`${app.url}/?sort_by=name`);
    await rowOf(page, nameOf(0)).waitFor();
    await page.getByRole('searchbox').focus();
    const press = async (...keys: string[]): Promise<string> => {
      for (const key of keys) await page.keyboard.press(key);
      return focused(page);
    };
    expect(await press('Tab')).toBe('button New heartbeat');
    expect(await press('Tab')).toContain(nameOf(0));
    expect(await press('ArrowDown', 'ArrowDown')).toContain(nameOf(2));
    expect(await press('Tab')).toBe(`button Edit ${nameOf(2)}`);
    expect(await press('Tab', 'Tab')).toBe(`button Delete ${nameOf(2)}`);
    expect(await press('Tab')).toContain('body');
    expect(await press('Shift+Tab', 'ArrowUp')).toContain(nameOf(1));
    expect(await press('End')).toContain(nameOf(TOTAL - 1));
    expect(await press('Home')).toContain(nameOf(0));
    expect(await press('PageDown')).not.toContain(nameOf(0));
    expect(await press('PageUp')).toContain(nameOf(0));
    expect(await press('ArrowUp')).toMatch(/^button State/);
    expect(await press('ArrowRight')).toMatch(/^button Name/);
    expect(await press('ArrowDown')).toContain(nameOf(0));
    await press('Enter');
    await page.getByRole('region', { name: `Details of ${nameOf(0)}` }).waitFor();
    await expectSoon(() => focused(page), `h2 ${nameOf(0)}`);
    expect(await press('Escape')).toContain(nameOf(0));
    await press('Delete');
    await page.getByRole('alertdialog', { name: 'Delete heartbeat?' }).waitFor();
    await expectSoon(() => focused(page), 'button Cancel');
    await press('Enter');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await expectSoon(() => focused(page).then((name) => name.includes(nameOf(0))), true);
  });
});

/** Waits until it is this; what it never becomes fails with the runner's time limit. */
async function expectSoon<T>(read: () => Promise<T>, expected: T): Promise<void> {
  for (;;) {
    const value = await read();
    if (value === expected) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
