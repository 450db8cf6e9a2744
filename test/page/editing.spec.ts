import type { Locator, Page } from 'playwright-core';
import { type PageApplication, startPageApplication } from './application';
import {
  type TestBrowser,
  describeInBrowser,
  faultsOf,
  focused,
  logIn,
  rowOf,
  startBrowser,
} from './browser';

describeInBrowser('heartbeats in the page', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startPageApplication(), startBrowser()]);
    page = await browser.open(app.url);
    await logIn(page);
  });
  afterAll(() => Promise.all([app?.close(), browser?.close()]));
  afterEach(() => expect(browser.complaints()).toEqual([]));

  const dialog = (name: string): Locator => page.getByRole('dialog', { name });
  const status = (text: string): Promise<void> =>
    page.getByRole('status').filter({ hasText: text }).waitFor();
  const field = (label: string): Locator => page.getByRole('dialog').getByLabel(label, { exact: true });
  const save = (): Promise<void> => page.getByRole('button', { name: 'Save' }).click();

  it('are created, the first one from the empty list', async () => {
    await page.getByText('There is no heartbeat yet.').waitFor();
    await page.getByRole('button', { name: 'New heartbeat' }).click();
    await dialog('New heartbeat').waitFor();
    await field('Name').fill('nightly');
    await field('Field 1').fill('connector');
    await field('Value 1').fill('batch');
    await page.getByRole('button', { name: 'Add field' }).click();
    await field('Field 2').fill('component');
    await field('Value 2').fill('srv-1');
    await field('Expected every').fill('15');
    await page.getByRole('combobox', { name: 'Unit' }).selectOption('minutes');
    await field('Description').fill('copies the orders');
    await field('Alarm text').fill('No copy');
    // Enter in a field saves.
    await field('Name').press('Enter');
    await status('Heartbeat created.');
    await rowOf(page, 'nightly').getByText('15 min').first().waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('are changed, and what was not touched stays', async () => {
    await page.getByRole('button', { name: 'Edit nightly' }).click();
    await dialog('Edit heartbeat').waitFor();
    expect(await field('Value 2').inputValue()).toBe('srv-1');
    expect(await field('Expected every').inputValue()).toBe('15');
    await field('Expected every').fill('2');
    await page.getByRole('combobox', { name: 'Unit' }).selectOption('hours');
    await save();
    await status('Heartbeat saved.');
    await rowOf(page, 'nightly').getByText('2 h').first().waitFor();
    await rowOf(page, 'nightly').getByRole('link').click();
    const details = page.getByRole('region', { name: 'Details of nightly' });
    await details.getByText('No copy').waitFor();
    await details.getByText('copies the orders').waitFor();
    await details.getByText('root', { exact: true }).waitFor();
    await details.getByRole('button', { name: 'Close' }).click();
  });

  it('are duplicated; a pattern is taken once only', async () => {
    await page.getByRole('button', { name: 'Duplicate nightly' }).click();
    await dialog('Duplicate heartbeat').waitFor();
    await field('Name').fill('weekly');
    await save();
    const taken = page.getByRole('alert').filter({ hasText: 'Another heartbeat has this pattern.' });
    expect(await faultsOf(page)).toEqual([]);
    await taken.getByRole('link', { name: 'nightly' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const other = page.getByRole('region', { name: 'Details of nightly' });
    await other.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Duplicate nightly' }).click();
    await field('Name').fill('weekly');
    await field('Value 2').fill('srv-2');
    await save();
    await status('Heartbeat created.');
    await rowOf(page, 'weekly').waitFor();
    await status('2 heartbeats');
  });

  it('are not stored with faults, which are told at their fields', async () => {
    await page.getByRole('button', { name: 'New heartbeat' }).click();
    const refuse = async (label: string, message: string): Promise<void> => {
      await save();
      const faulty = field(label);
      await page.getByText(message).waitFor();
      expect(await faulty.getAttribute('aria-invalid')).toBe('true');
      const described = await faulty.getAttribute('aria-describedby');
      expect(await page.locator(`[id="${described}"]`).innerText()).toBe(message);
    };
    await page.getByRole('button', { name: 'Remove field 1' }).click();
    await refuse('Field 1', 'Give at least one field.');
    await field('Value 1').fill('x');
    await refuse('Field 1', 'A field needs a name.');
    expect(await focused(page)).toBe('input Field 1');
    await field('Field 1').fill('a.b');
    await refuse('Field 1', 'A field name cannot start with $ or contain a dot.');
    await field('Field 1').fill('connector');
    await page.getByRole('button', { name: 'Add field' }).click();
    await field('Field 2').fill('connector');
    await refuse('Field 2', 'This field is there twice.');
    await page.getByRole('button', { name: 'Remove field 2' }).click();
    await field('Expected every').fill('1.5');
    await refuse('Expected every', 'Give a whole number from 1; ten years at most.');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await status('2 heartbeats');
  });

  it('take a pasted JSON object as their pattern', async () => {
    await page.getByRole('button', { name: 'New heartbeat' }).click();
    await field('Field 1').evaluate((at) => {
      const { DataTransfer, ClipboardEvent } = globalThis as unknown as {
        DataTransfer: new () => { setData: (...of: string[]) => void };
        ClipboardEvent: new (...of: unknown[]) => unknown;
      };
      const data = new DataTransfer();
      data.setData('text/plain', '{"connector":"pasted","resource":"r"}');
      (at as unknown as { dispatchEvent: (event: unknown) => void }).dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    });
    expect(await field('Value 1').inputValue()).toBe('pasted');
    expect(await field('Field 2').inputValue()).toBe('resource');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('button New heartbeat');
  });

  it('are deleted once that is confirmed', async () => {
    await page.getByRole('button', { name: 'Delete weekly' }).click();
    const asked = page.getByRole('alertdialog', { name: 'Delete heartbeat?' });
    await asked.getByText('weekly').waitFor();
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await rowOf(page, 'weekly').waitFor();
    await page.getByRole('button', { name: 'Delete weekly' }).click();
    await asked.getByRole('button', { name: 'Delete' }).click();
    await status('Heartbeat deleted.');
    await rowOf(page, 'weekly').waitFor({ state: 'detached' });
  });

  it('are paused until a time or until they are resumed, with a reason', async () => {
    await app.create('paused');
    await rowOf(page, 'paused').getByRole('link').click();
    const details = page.getByRole('region', { name: 'Details of paused' });
    await details.getByRole('button', { name: 'Pause' }).click();
    await dialog('Pause paused').waitFor();
    await field('Until').fill('2001-01-01T00:00');
    await save();
    await page.getByText('Give a time in the future, or none.').waitFor();
    expect(await focused(page)).toBe('input Until');
    await field('Until').fill('2099-12-31T23:59');
    await field('Reason').fill('new disks');
    await save();
    await status('Heartbeat paused.');
    await details.getByText('Until 31 Dec, 23:59.').waitFor();
    await details.getByText('new disks').waitFor();
    await rowOf(page, 'paused').getByText('Paused', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Paused 1' }).click();
    await status('1 heartbeat');
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: /^All/ }).click();
    await details.getByRole('button', { name: 'Resume' }).click();
    await status('Heartbeat resumed.');
    await details.getByText('Waiting', { exact: true }).waitFor();
    await details.getByText('new disks').waitFor({ state: 'detached' });
    await details.getByRole('button', { name: 'Pause' }).waitFor();
    await details.getByRole('button', { name: 'Close' }).click();
  });

  it('may be named with markup, which is text', async () => {
    const name = '<img src=x onerror=alert(1)><script>alert(2)</script>&amp;';
    await app.create(name, {
      pattern: { connector: name, component: '${7*7}' },
      description: name,
      output: name,
    });
    await rowOf(page, name).getByRole('link').click();
    await page.getByRole('region', { name: `Details of ${name}` }).waitFor();
    expect(await page.locator('img, main script').count()).toBe(0);
  });
});
