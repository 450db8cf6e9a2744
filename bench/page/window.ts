import type { Connection } from 'mongoose';
import { type Browser, type Page, chromium } from 'playwright-core';
import type { Results } from '../support/results';
import { median } from '../support/rounds';
import { type PageSite, pause, startSite } from './site';

const ROUNDS = 5;
const CHANGES = 10;
const KIB = 1_024;

/** What a window shows and how fast, with so many heartbeats. */
export async function benchWindow(results: Results, executablePath: string, count: number): Promise<void> {
  const site = await startSite(count);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await openPage(browser, site);
    const said = count.toLocaleString('en');
    if (count === 10_000) await weigh(results, page);
    const first = await inRounds(() => firstStates(page));
    row(results, `first states, ${said} heartbeats`, first, 1_000);
    const longest = count > 10_000 ? 1_000 : 300;
    for (const [name, act] of actions(page, count))
      row(results, `${name}, ${said}`, await inRounds(act), longest);
    await leanness(results, page, said);
    await changes(results, page, site.connection, said);
  } finally {
    await browser.close();
    await site.stop();
  }
}

async function openPage(browser: Browser, site: PageSite): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, locale: 'en' });
  // In the page's own time, which begins with its loading.
  await page.addInitScript(`(function look() {
    if (document.querySelector('.rows .word')) globalThis.firstStates = performance.now();
    else requestAnimationFrame(look);
  })()`);
  await page.goto(site.server.url);
  await page.getByRole('textbox', { name: 'User name' }).fill('root');
  await page.getByLabel('Password').fill('root');
  await page.keyboard.press('Enter');
  // The overview of very many is read behind the start.
  await page.locator('.rows .word').first().waitFor({ timeout: 120_000 });
  return page;
}

/** What the list needs, as it goes over the line: the page, its script and its styles. */
async function weigh(results: Results, page: Page): Promise<void> {
  await page.reload();
  await page.locator('.rows .word').first().waitFor();
  const bytes: number = await page.evaluate(`performance.getEntriesByType('resource')
    .filter(({ name }) => /\\/assets\\//.test(name))
    .concat(performance.getEntriesByType('navigation'))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`);
  results.row('compressed bytes that the list needs', `${(bytes / 1_000).toFixed(1)} kB`, '≤ 30 kB');
}

async function firstStates(page: Page): Promise<number> {
  await page.reload();
  for (;;) {
    const at: number | undefined = await page.evaluate('globalThis.firstStates');
    if (at !== undefined) return at;
    await pause(20);
  }
}

/** What one does, and how many milliseconds later its outcome is painted. */
function actions(page: Page, count: number): [string, () => Promise<number>][] {
  const search = page.getByRole('searchbox');
  const header = (name: string) => page.getByRole('columnheader', { name }).getByRole('button');
  return [
    [
      'End',
      async () => {
        await page.reload();
        await page.locator('.rows .word').first().waitFor();
        await page.locator('.rows [tabindex="0"]').first().focus();
        const last = Math.ceil(count / 100);
        return timed(page, `page=${last}&`, () => page.keyboard.press('End'));
      },
    ],
    [
      'search',
      async () => {
        const took = await timed(page, 'search=n4242', () => search.fill('n4242'));
        await timed(page, 'heartbeat-overview?sort_by', () => search.fill(''));
        return took;
      },
    ],
    [
      'sort',
      async () => {
        const took = await timed(page, 'sort_by=deadline', () => header('Time left').click());
        await timed(page, 'sort_by=state', () => header('State').click());
        return took;
      },
    ],
  ];
}

/** @param asked what the address of the reading has in it */
async function timed(page: Page, asked: string, act: () => Promise<void>): Promise<number> {
  const answered = page.waitForResponse(
    (response) => response.url().includes('heartbeat-overview') && response.url().includes(asked),
  );
  const began = performance.now();
  await act();
  await (await answered).finished();
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  return performance.now() - began;
}

async function leanness(results: Results, page: Page, said: string): Promise<void> {
  await page.keyboard.press('End');
  const elements: number = await page.evaluate(`document.querySelectorAll('*').length`);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  results.row(`elements, ${said}`, String(elements), '≤ 2,500');
  results.row(`heap of the page, ${said}`, `${(usedSize / KIB / KIB).toFixed(1)} MiB`, '≤ 10 MiB');
}

/** From a change in the database to its row. */
async function changes(results: Results, page: Page, connection: Connection, said: string): Promise<void> {
  await page.reload();
  await page.locator('.rows .word').first().waitFor();
  const states = connection.collection<{ _id: string }>('heartbeat_state');
  const took: number[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    const now = Date.now();
    await states.updateOne({ _id: `h${change}` }, { $set: { state: 'down', since: now, deadline: now } });
    const stored = performance.now();
    await page.locator('.rows .state.down').nth(change).waitFor();
    took.push(performance.now() - stored);
  }
  row(results, `from a stored change to its row, ${said}`, took, 1_000);
}

async function inRounds(measure: () => Promise<number>): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) took.push(await measure());
  return took;
}

function row(results: Results, what: string, took: readonly number[], longest: number): void {
  const [least, most] = [Math.min(...took), Math.max(...took)].map(Math.round);
  const text = `${Math.round(median(took))} ms (${least}…${most})`;
  results.row(what, text, `≤ ${longest.toLocaleString('en')} ms`);
}
