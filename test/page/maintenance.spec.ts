import type { Locator, Page } from 'playwright-core';
import { type PageApplication, startPageApplication } from './application';
import {
  type TestBrowser,
  brokenWords,
  describeInBrowser,
  faultsOf,
  focused,
  isTooWide,
  logIn,
  rowOf,
  startBrowser,
} from './browser';
import { send } from '../support/application';

describeInBrowser('maintenance windows in the page', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startPageApplication(), startBrowser()]);
    page = await browser.open(`${app.url}/?page=maintenance`);
    await logIn(page);
  });
  afterAll(() => Promise.all([app?.close(), browser?.close()]));
  afterEach(() => expect(browser.complaints()).toEqual([]));

  const status = (text: string): Promise<void> =>
    page.getByRole('status').filter({ hasText: text }).waitFor();
  const field = (label: string): Locator => page.getByRole('dialog').getByLabel(label, { exact: true });
  const row = (name: string): Locator =>
    page.getByRole('row').filter({ has: page.getByRole('cell', { name, exact: true }) });

  it('are created with the keyboard alone, and pause their heartbeats', async () => {
    await app.create('in lille');
    await page.getByText('There is no maintenance window.').waitFor();
    await page.getByRole('button', { name: 'New window' }).press('Enter');
    await page.getByRole('dialog', { name: 'New window' }).waitFor();
    await field('Name').press('Enter');
    expect(await focused(page)).toBe('input Name');
    await page.getByText('Give a name.').waitFor();
    await page.getByText('Give a beginning.').waitFor();
    await page.getByText('Give an end later than the beginning.').waitFor();
    await field('Repeats').selectOption('By the calendar');
    await field('Name').press('Enter');
    for (const label of ['Name', 'Cron expression', 'Duration']) {
      await page.getByRole('dialog').locator('[aria-invalid]').and(field(label)).waitFor();
    }
    await page.getByText('Give a cron expression.').waitFor();
    await page.getByText('Give a whole number from 1.', { exact: true }).waitFor();
    await field('Repeats').selectOption('Once');
    await field('Name').focus();
    await page.keyboard.type('new disks');
    await page.getByRole('button', { name: 'Add field' }).press('Enter');
    await page.keyboard.type('component');
    await page.keyboard.press('Tab');
    await page.keyboard.type('in lille');
    await field('From').fill('2020-01-01T00:00');
    await field('To').fill('2099-12-31T23:59');
    expect(await faultsOf(page)).toEqual([]);
    await field('To').press('Enter');
    await status('Window saved.');
    await row('new disks').getByText('now, until 31 Dec 2099, 23:59:00').waitFor();
    await row('new disks').getByText('component: in lille').waitFor();
    expect(await faultsOf(page)).toEqual([]);

    await page.getByRole('link', { name: 'Heartbeats' }).click();
    await rowOf(page, 'in lille').getByText('Paused', { exact: true }).waitFor();
    await rowOf(page, 'in lille').getByRole('link').click();
    const details = page.getByRole('region', { name: 'Details of in lille' });
    await details.getByText('maintenance: new disks').waitFor();
    await details.getByText('Until 31 Dec, 23:59.').waitFor();
    expect(await details.getByRole('button', { name: 'Resume' }).count()).toBe(0);
    await details.getByRole('button', { name: 'Close' }).click();
  });

  it('are changed to recurring ones, and what is wrong is told', async () => {
    await page.getByRole('link', { name: 'Maintenance' }).click();
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByRole('button', { name: 'Edit new disks' }).click();
    expect(await isTooWide(page)).toBe(false);
    expect(await field('To').inputValue()).toMatch(/^2099-12-31T23:59/);
    await page.getByRole('button', { name: 'Remove field 1' }).click();
    await field('Repeats').selectOption('By the calendar');
    await field('Cron expression').fill('0 2 * *');
    await field('Time zone').fill('Europe/Paris');
    await field('Duration').fill('90');
    await field('Unit').selectOption('minutes');
    await page.getByRole('button', { name: 'Save' }).click();
    const refused = page.getByRole('alert').filter({ hasText: 'Not saved: invalid maintenance payload.' });
    await refused.getByText('cron must have five fields').waitFor();
    await field('Cron expression').fill('0 2 31 12 *');
    await page.getByRole('button', { name: 'Save' }).click();
    await status('Window saved.');
    await row('new disks').getByText('0 2 31 12 * Europe/Paris, 90 min').waitFor();
    await row('new disks').getByText('All', { exact: true }).waitFor();
    expect(await isTooWide(page)).toBe(false);
    await page.setViewportSize({ width: 1_280, height: 800 });
  });

  it('are deleted once that is confirmed', async () => {
    await page.getByRole('button', { name: 'Delete new disks' }).click();
    const asked = page.getByRole('alertdialog', { name: 'Delete window?' });
    await asked.getByText('new disks').waitFor();
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('button Delete new disks');
    await page.getByRole('button', { name: 'Delete new disks' }).click();
    await asked.getByRole('button', { name: 'Delete' }).click();
    await status('Window deleted.');
    await page.getByText('There is no maintenance window.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('are listed with those that are over last, each in its row', async () => {
    const day = (year: number, hour: number): number => new Date(year, 0, 1, hour).getTime() / 1_000;
    for (const [name, year] of [
      ['over', 2020],
      ['coming', 2099],
    ] as const) {
      const json = { name, pattern: { component: name }, from: day(year, 10), to: day(year, 12) };
      const answer = await send(app.url, 'POST', '/api/v2/heartbeat-maintenance', {
        auth: 'root:root',
        json,
      });
      expect(answer.status).toBe(200);
    }
    await page.reload();
    await row('over').waitFor();
    const names = await page.getByRole('table').innerText();
    expect(names.indexOf('coming')).toBeLessThan(names.indexOf('over'));
    await row('coming').getByText('1 Jan 2099, 10:00:00 – 12:00:00').waitFor();
    const middle = async (what: Locator): Promise<number> => {
      const { y, height } = (await what.boundingBox())!;
      return y + height / 2;
    };
    const text = await middle(row('coming').locator('time').first());
    const button = await middle(row('coming').getByRole('button').first());
    expect(Math.abs(text - button)).toBeLessThan(3);
    await page.setViewportSize({ width: 390, height: 800 });
    expect([await brokenWords(page), await isTooWide(page)]).toEqual([[], false]);
    expect(await faultsOf(page)).toEqual([]);
  });
});
