import { type Browser, type BrowserContextOptions, type Locator, type Page, chromium } from 'playwright-core';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const executablePath = process.env.CHROMIUM;
if (executablePath === undefined && process.env.REQUIRE_OUTSIDE === '1') {
  throw new Error('REQUIRE_OUTSIDE=1 needs CHROMIUM, the path of a chromium');
}

/** Skipped, and seen to be, where no browser is set. */
export const describeInBrowser = executablePath === undefined ? describe.skip : describe;

/** Where the tests leave what the page looks like; git does not know it. */
const PICTURES = join(__dirname, 'pictures');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A browser for a file of tests, whose pages may say nothing and ask no other host. */
export interface TestBrowser {
  /** Opens the page in a window of its own, as a person who was never there. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** What the pages said on their consoles since this was last asked, and where they went wrong. */
  complaints(): string[];
  close(): Promise<void>;
}

export async function startBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  let complaints: string[] = [];
  return {
    async open(url, options) {
      const context = await browser.newContext({
        viewport: { width: 1_280, height: 800 },
        locale: 'en',
        ...options,
      });
      const page = await context.newPage();
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        // The browser says by itself that a call was refused or that a line broke.
        if (!message.text().startsWith('Failed to load resource')) complaints.push(message.text());
      });
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith('data:')) {
          complaints.push(`asked ${request.url()}`);
        }
      });
      await page.goto(url);
      return page;
    },
    complaints() {
      const said = complaints;
      complaints = [];
      return said;
    },
    close: () => browser.close(),
  };
}

/** Logs in by the form. */
export async function logIn(page: Page, name = 'root', password = 'root'): Promise<void> {
  await page.getByRole('textbox', { name: /User name|Nom d’utilisateur/ }).fill(name);
  await page.getByLabel(/Password|Mot de passe/).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').waitFor();
}

/** Logs in, creates a heartbeat, reloads and logs out. */
export async function useThePage(browser: TestBrowser, url: string, name: string): Promise<void> {
  const page = await browser.open(url);
  await logIn(page);
  await page.getByRole('button', { name: 'New heartbeat' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Field 1', { exact: true }).fill('connector');
  await page.getByLabel('Value 1', { exact: true }).fill(name);
  await page.getByLabel('Expected every').fill('1');
  await page.getByLabel('Expected every').press('Enter');
  await rowOf(page, name).waitFor();
  await rowOf(page, name).getByRole('link').click();
  await page.reload();
  await page.getByRole('region', { name: `Details of ${name}` }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  await page.context().close();
}

/** The row of a heartbeat in the list. */
export const rowOf = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

/** What axe finds wrong, the best practices included. */
export async function faultsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run(document).then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(' '))]))`);
}

/** Leaves a picture of what is to be seen. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** The element that the keyboard is on: its role or tag, and its name. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const { activeElement: at } = document;
    const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent;
    return (at.getAttribute('role') ?? at.localName) + ' ' + name.trim();
  })()`);

/** The words of tables that are broken where they have no hyphen. */
export const brokenWords = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('td, th')].flatMap((cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const broken = [];
    while (texts.nextNode()) {
      const { currentNode: node } = texts;
      for (const { 0: word, index } of node.data.matchAll(/[\\p{L}\\d:]+/gu)) {
        const range = new Range();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (range.getClientRects().length > 1) broken.push(word);
      }
    }
    return broken;
  })`);

/** Whether anything can be scrolled sideways. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate(`document.documentElement.scrollWidth > innerWidth`);
