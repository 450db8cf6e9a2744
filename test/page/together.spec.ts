import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { cheapHash, writeUsersFile } from '../support/users-file';
import { type PageApplication, startPageApplication } from './application';
import { type TestBrowser, describeInBrowser, logIn, rowOf, startBrowser } from './browser';

describeInBrowser('several heartbeats together', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let directory: string;
  let page: Page;
  let writes: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'users-'));
    const HEARTBEAT_USERS_FILE = await writeUsersFile(directory);
    await appendFile(HEARTBEAT_USERS_FILE, `pat:${await cheapHash('partly')}:rights=read,update\n`);
    const started = startPageApplication('fastify', { HEARTBEAT_USERS_FILE }, 'alice:wonder');
    [app, browser] = await Promise.all([started, startBrowser()]);
    for (const name of ['a', 'b', 'c']) await app.create(name, { description: `is ${name}` });
    await app.create('plain');
    page = await browser.open(app.url);
    await logIn(page, 'alice', 'wonder');
    await rowOf(page, 'plain').waitFor();
    page.on('request', (request) => {
      if (request.method() !== 'GET') writes.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
  });
  beforeEach(() => {
    writes = [];
  });
  afterAll(async () => {
    await Promise.all([app?.close(), browser?.close()]);
    await rm(directory, { recursive: true, force: true });
  });
  afterEach(() => expect(browser.complaints()).toEqual([]));

  const change = async (names: string[], minutes: string): Promise<Locator> => {
    for (const name of names) await page.getByLabel(`Select ${name}`, { exact: true }).check();
    await page.getByRole('button', { name: 'Change selected' }).click();
    const dialog = page.getByRole('dialog', { name: `Change ${names.length} heartbeats` });
    await dialog.getByLabel('Expected every').fill(minutes);
    await dialog.getByRole('button', { name: 'Save' }).click();
    return dialog;
  };
  const said = (text: string): Promise<void> => page.getByRole('status').filter({ hasText: text }).waitFor();
  const intervalIs = (name: string, text: string): Promise<void> =>
    rowOf(page, name).locator('.interval').getByText(text, { exact: true }).waitFor();

  it('are changed by one call, all or none', async () => {
    await change(['a', 'b'], '17');
    await said('2 heartbeats saved.');
    await intervalIs('a', '17 min');
    await intervalIs('b', '17 min');
    expect(writes).toEqual(['PUT /api/v4/bulk/heartbeats']);
  });

  it('are changed one by one where they lack what that call takes, which is said before', async () => {
    await page.getByLabel('Select a', { exact: true }).check();
    const dialog = await change(['plain', 'a'], '18');
    await said('2 heartbeats saved.');
    await dialog.waitFor({ state: 'detached' });
    await intervalIs('plain', '18 min');
    await intervalIs('a', '18 min');
    expect(writes.map((one) => one.replace(/[^/]*$/, '…'))).toEqual([
      'PUT /api/v2/heartbeat/…',
      'PUT /api/v2/heartbeat/…',
    ]);
  });

  it('stay as they are where one of them is gone, which is said with its name', async () => {
    const doomed = await app.create('doomed', { description: 'soon gone' });
    for (const name of ['doomed', 'b']) await page.getByLabel(`Select ${name}`, { exact: true }).check();
    await page.getByRole('button', { name: 'Change selected' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change 2 heartbeats' });
    await dialog.getByLabel('Expected every').fill('19');
    await app.remove(doomed);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'Not saved: No longer there: doomed.' }).waitFor();
    expect(writes).toHaveLength(1);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await intervalIs('b', '17 min');
  });

  it('are deleted, also where somebody else has deleted one meanwhile', async () => {
    await page.getByRole('status').filter({ hasText: '2 selected' }).waitFor();
    await page.getByRole('button', { name: 'Delete selected' }).click();
    const asked = page.getByRole('alertdialog', { name: 'Delete 2 heartbeats?' });
    await asked.getByText('doomed').waitFor();
    await asked.getByRole('button', { name: 'Delete' }).click();
    await asked.waitFor({ state: 'detached' });
    await rowOf(page, 'b').waitFor({ state: 'detached' });
    await rowOf(page, 'plain').waitFor();
  });

  it('are offered to who may change them as far as that goes', async () => {
    const other = await browser.open(app.url);
    await logIn(other, 'pat', 'partly');
    await other.getByLabel('Select plain', { exact: true }).check();
    await other.getByRole('button', { name: 'Change selected' }).waitFor();
    await other.getByRole('button', { name: 'Edit plain' }).waitFor();
    for (const name of ['Delete selected', 'Delete plain', 'Duplicate plain', 'New heartbeat']) {
      expect(await other.getByRole('button', { name }).count()).toBe(0);
    }
    await other.context().close();
  });

  it('are not offered to who may only look, nor is anything else that changes', async () => {
    const other = await browser.open(app.url);
    await logIn(other, 'victor', 'view');
    await other.getByText('You can look, not change.').waitFor();
    await rowOf(other, 'plain').getByRole('link').click();
    const details = other.getByRole('region', { name: 'Details of plain' });
    await details.getByText('An event with these values counts').waitFor();
    expect(await details.getByText('curl').count()).toBe(0);
    expect(await other.getByRole('checkbox').count()).toBe(0);
    const buttons = await other.getByRole('button').allInnerTexts();
    expect(buttons.filter((text) => /New|Edit|Duplicate|Delete|Change/.test(text))).toEqual([]);
    expect(await other.getByRole('columnheader', { name: 'Actions' }).count()).toBe(0);
    await other.context().close();
  });
});
