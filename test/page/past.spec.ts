import type { Page } from 'playwright-core';
import { type PageApplication, startPageApplication } from './application';
import {
  type TestBrowser,
  brokenWords,
  describeInBrowser,
  faultsOf,
  focused,
  isTooWide,
  logIn,
  picture,
  rowOf,
  startBrowser,
} from './browser';
import { eventually } from '../support/eventually';

/** What an operator finds out who has nothing but the page. */
describeInBrowser('the past and the events on the page', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startPageApplication(), startBrowser()]);
    for (const place of ['lille', 'lyon', 'paris']) await app.create(`batch ${place}`);
    await app.create('backup', { expected_interval: '1s', description: 'The nightly copy of all disks.' });
    page = await browser.open(app.url);
    await logIn(page);
    await down('backup');
    // Silent, heard, and silent again: it has a past.
    for (let beats = 0; beats < 3; beats += 1) await app.beat('backup');
    await rowOf(page, 'backup').getByText('Up', { exact: true }).waitFor();
    await down('backup');
    await app.create('mail queue', { expected_interval: '1s' });
    await down('mail queue');
    await app.beat('batch lille');
    await app.beat('batch lille', { connector: 'forgotten', connector_name: 'old server' });
  });
  afterAll(() => Promise.all([app?.close(), browser?.close()]));
  afterEach(() => expect(browser.complaints()).toEqual([]));

  const down = (name: string): Promise<void> =>
    rowOf(page, name).getByText('Down', { exact: true }).waitFor();
  const go = (name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();

  it('shows in the details how long it was silent, and that it was before', async () => {
    await rowOf(page, 'backup').getByRole('link', { name: 'backup' }).click();
    const details = page.getByRole('region', { name: 'Details of backup' });
    await details.getByRole('img').waitFor();
    const alarms = details.getByRole('table').getByRole('row');
    await alarms.nth(2).waitFor();
    expect(await alarms.nth(1).innerText()).toContain('open');
    expect(await alarms.nth(2).innerText()).not.toContain('open');
    // What would end it: an event with the fields of its pattern.
    expect(await details.getByLabel('Send an event').innerText()).toMatch(/"component": ?"backup"/);
    for (const width of [390, 1_280]) {
      await page.setViewportSize({ width, height: 800 });
      const ends = details.getByRole('img').locator('text');
      // It spans some seconds: those are told.
      for (const end of [1, 2]) expect(await ends.nth(end).textContent()).toMatch(/^\d\d:\d\d:\d\d/);
      const [picture, right] = [
        await details.getByRole('img').boundingBox(),
        await ends.nth(2).boundingBox(),
      ];
      expect(right!.x + right!.width).toBeLessThanOrEqual(picture!.x + picture!.width + 1);
    }
    expect(await faultsOf(page)).toEqual([]);
    await picture(page, 'docs-details');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('lists the alarms of all, the open ones first', async () => {
    await go('Alarms');
    const table = page.getByRole('table', { name: 'Alarms' });
    await table.getByRole('row').nth(3).waitFor();
    const rows = await table.getByRole('row').allInnerTexts();
    expect(rows.map((row) => row.replace(/\s+/g, ' ').trim())).toEqual([
      'State Heartbeat From To Duration',
      expect.stringMatching(/open mail queue/),
      expect.stringMatching(/open backup/),
      expect.stringMatching(/resolved backup/),
    ]);
    await page.getByRole('img', { name: /24 h/ }).waitFor();
    // Before the first start nothing could be heard.
    const legend = page.getByRole('figure').getByRole('listitem');
    expect(await legend.allInnerTexts()).toEqual(['open', 'resolved', 'events could not be heard']);
    expect(await faultsOf(page)).toEqual([]);
    await table.getByRole('link', { name: 'mail queue' }).click();
    await page.getByRole('region', { name: 'Details of mail queue' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('tries an event, takes one that came, and names who sends what nobody watches', async () => {
    await go('Events');
    await page.getByRole('row', { name: /forgotten old server/ }).waitFor();
    const field = page.getByRole('textbox', { name: 'Event as JSON' });
    await field.fill('[1]');
    await page.getByRole('button', { name: 'Find heartbeats' }).click();
    await page.getByRole('alert').filter({ hasText: 'This is not a JSON object.' }).waitFor();
    await field.fill('{"connector":"test","component":"batch lyons"}');
    await page.getByRole('button', { name: 'Find heartbeats' }).click();
    const almost = page.getByRole('list', { name: 'Almost matching' });
    await almost.getByText('component is “batch lyons”, expected “batch lyon”').waitFor();
    // A box is as high as its neighbour; what it says stays below its heading.
    const none = await page.getByText('No heartbeat matches this event.').boundingBox();
    const heading = await page.getByRole('heading', { name: 'Matching heartbeats' }).boundingBox();
    expect(none!.y - heading!.y).toBeLessThan(2 * heading!.height);
    await field.fill('[1]');
    await page.getByRole('button', { name: 'Find heartbeats' }).click();
    // What another event was answered is gone.
    await page.getByRole('alert').filter({ hasText: 'This is not a JSON object.' }).waitFor();
    expect(await page.getByRole('heading', { name: /atching/ }).count()).toBe(0);
    const recent = page.getByRole('list', { name: 'Recent events' }).getByRole('listitem');
    expect(await recent.first().innerText()).toContain('"connector":"forgotten"');
    await recent.nth(1).getByRole('button', { name: 'Use this event' }).click();
    const matching = page.getByRole('list', { name: 'Matching heartbeats' });
    await matching.getByRole('link', { name: 'batch lille' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect([await brokenWords(page), await isTooWide(page)]).toEqual([[], false]);
    expect(await faultsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 1_280, height: 800 });
  });

  it('says while one writes a pattern how many of the recent events it matches', async () => {
    await go('Heartbeats');
    await page.getByRole('button', { name: 'New heartbeat' }).click();
    await page.getByLabel('Field 1', { exact: true }).fill('connector');
    await page.getByLabel('Value 1', { exact: true }).fill('forgotten');
    await page.getByText(/^Matches 1 of the last 5 events\.$/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it.each([
    ['docs-light', 'light', 'en'],
    ['docs-dark', 'dark', 'en'],
    ['docs-french', 'light', 'fr'],
  ] as const)('looks as the documentation shows it: %s', async (name, colorScheme, locale) => {
    const other = await browser.open(app.url, { colorScheme, locale });
    await logIn(other);
    await rowOf(other, 'backup').waitFor();
    await picture(other, name);
    expect(await faultsOf(other)).toEqual([]);
    await other.context().close();
  });

  it('says since when an alarm is open that a pause did not end', async () => {
    await rowOf(page, 'backup').getByRole('link').click();
    const details = page.getByRole('region', { name: 'Details of backup' });
    await details.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await details.getByText('Until somebody resumes it.').waitFor();
    await page.getByRole('button', { name: 'Delete backup' }).click();
    await page.getByText(/^Its alarm, open since /).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await details.getByRole('button', { name: 'Resume' }).click();
    await details.getByText('Down', { exact: true }).waitFor();
    await eventually(async () => {
      const [, lasted] = /open\s+(\d+ \w+)/.exec(await details.getByRole('table').innerText()) ?? [];
      await details.getByText(` ${lasted} ago`).waitFor({ timeout: 500 });
    });
  });

  it('puts the focus on the heading of what an address names, without a frame', async () => {
    await page.reload();
    await eventually(async () => expect(await focused(page)).toBe('h2 backup'));
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('none');
  });
});
