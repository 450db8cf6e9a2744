import type { Page } from 'playwright-core';
import { type PageApplication, startPageApplication } from './application';
import { type TestBrowser, describeInBrowser, focused, rowOf, startBrowser } from './browser';

/** More than any screen of this test has stops of the Tab key. */
const MOST_STOPS = 80;

/** Whoever has no mouse: every key of this test goes to the browser as one presses it, and nothing else does. */
describeInBrowser('the whole page by keyboard alone', () => {
  let app: PageApplication;
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startPageApplication(), startBrowser()]);
    for (const name of ['first', 'second']) await app.create(name);
    await app.create('silent', { expected_interval: '1s' });
    await app.beat('first');
    await app.beat('nobody', { connector: 'forgotten', connector_name: 'old' });
    page = await browser.open(app.url);
  });
  afterAll(() => Promise.all([app?.close(), browser?.close()]));
  afterEach(() => expect(browser.complaints()).toEqual([]));

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const type = (text: string): Promise<void> => page.keyboard.type(text);
  /** Waits until the keyboard is on this, and it can be seen that it is. */
  const isOn = async (what: RegExp): Promise<void> => {
    const end = Date.now() + 30_000;
    for (let on = await focused(page); !what.test(on); on = await focused(page)) {
      if (Date.now() > end) throw new Error(`the keyboard is on ${on}, not on ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const isSeen = `(() => {
      const at = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      const { top, bottom, left, right } = at.getBoundingClientRect();
      const inside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
      return at.localName === 'h2' ? inside : inside && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    })()`;
    expect([String(what), await page.evaluate(isSeen)]).toEqual([String(what), true]);
  };
  /** Goes on with this key until the keyboard is on it. */
  const goTo = async (what: RegExp, key = 'Tab'): Promise<void> => {
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      await press(key);
      if (what.test(await focused(page))) return isOn(what);
    }
    throw new Error(`${key} never comes to ${what}`);
  };
  const status = (text: string): Promise<void> =>
    page.getByRole('status').filter({ hasText: text }).waitFor();

  it('logs in, after a wrong password too', async () => {
    await isOn(/^input User name/);
    await type('root');
    await press('Tab');
    await type('wrong');
    await press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Wrong user name or password.' }).waitFor();
    await isOn(/^input Password/);
    await type('root');
    await press('Enter');
    await rowOf(page, 'silent').waitFor();
  });

  it('creates a heartbeat, and is then where it was', async () => {
    await goTo(/^button New heartbeat$/);
    await press('Enter');
    await isOn(/^input Name$/);
    await type('written');
    await press('Enter');
    await isOn(/^input Field 1$/);
    await type('connector');
    await press('Tab');
    await type('keys');
    await goTo(/^input Expected every$/);
    await type('3');
    await press('Tab');
    await isOn(/^select Unit$/);
    await press('h', 'Shift+Tab', 'Enter');
    await status('Heartbeat created.');
    await isOn(/^button New heartbeat$/);
    await rowOf(page, 'written').getByText('3 h', { exact: true }).first().waitFor();
  });

  it('finds it, looks at it, changes and duplicates it', async () => {
    await goTo(/^input Search heartbeats$/, 'Shift+Tab');
    await type('written');
    await status('1 heartbeat');
    await goTo(/^row .*written/);
    await press('Enter');
    await isOn(/^h2 written$/);
    await goTo(/^pre /);
    await press('Escape');
    await isOn(/^row .*written/);
    await press('Tab');
    await isOn(/^button Edit written$/);
    await press('Enter');
    await isOn(/^input Name$/);
    await press('End');
    await type(' once more');
    await press('Enter');
    await status('Heartbeat saved.');
    await isOn(/^button Edit written once more$/);
    await press('Tab');
    await isOn(/^button Duplicate written once more$/);
    await press('Enter');
    await goTo(/^input Value 1$/);
    await type('other keys');
    await press('Enter');
    await status('Heartbeat created.');
    await isOn(/^button Duplicate written once more$/);
    await status('2 heartbeats');
  });

  it('deletes with the Delete key, which asks', async () => {
    await goTo(/^row .*written/, 'Shift+Tab');
    await press('Delete');
    await isOn(/^button Cancel$/);
    await press('Escape');
    await isOn(/^row .*written/);
    await press('Delete');
    await isOn(/^button Cancel$/);
    await press('Tab', 'Enter');
    await status('Heartbeat deleted.');
    await status('1 heartbeat');
    await isOn(/^row .*written/);
  });

  it('sorts, selects several and changes them together', async () => {
    await goTo(/^input Search heartbeats$/, 'Shift+Tab');
    await press('Control+A', 'Delete');
    await status('4 heartbeats');
    await goTo(/^row /);
    await press('Home', 'ArrowUp');
    await isOn(/^button State/);
    await press('ArrowRight', 'Enter');
    await page.locator('[aria-sort=ascending]').filter({ hasText: 'Name' }).waitFor();
    // The rows come a moment after the arrow of the column.
    await page.locator('[aria-rowindex="2"]').filter({ hasText: 'first' }).waitFor();
    await press('ArrowDown');
    await isOn(/^row .*first/);
    await press(' ', 'ArrowDown', ' ');
    await status('2 selected');
    await goTo(/^button Change selected$/, 'Shift+Tab');
    await press('Enter');
    await isOn(/^input Expected every$/);
    await type('7');
    await press('Enter');
    await status('2 heartbeats saved.');
    await rowOf(page, 'second').getByText('7 min', { exact: true }).first().waitFor();
    await isOn(/^row .*second/);
  });

  it('goes from an alarm to its heartbeat', async () => {
    await goTo(/^a Alarms$/, 'Shift+Tab');
    await press('Enter');
    await page.getByRole('table', { name: 'Alarms' }).waitFor();
    await goTo(/^a silent$/);
    await press('Enter');
    await isOn(/^h2 silent$/);
    await goTo(/^button Close$/);
    await press('Enter');
    await isOn(/^row .*silent/);
  });

  it('tries events, and watches who sends what nobody watches', async () => {
    await goTo(/^a Events$/, 'Shift+Tab');
    await press('Enter');
    await page.getByRole('list', { name: 'Recent events' }).waitFor();
    await goTo(/^textarea Event as JSON$/);
    await type('{"connector":"test","component":"firsts"}');
    await goTo(/^button Find heartbeats$/);
    await press('Enter');
    await page.getByText('component is “firsts”, expected “first”').waitFor();
    await goTo(/^button Use this event$/);
    await press('Enter');
    await isOn(/^textarea Event as JSON$/);
    await goTo(/^button Watch forgotten old$/);
    await press('Enter');
    await page.getByRole('dialog', { name: 'New heartbeat' }).waitFor();
    await goTo(/^input Value 2$/);
    expect(await page.getByLabel('Value 2', { exact: true }).inputValue()).toBe('old');
    await press('Escape');
    await isOn(/^button Watch forgotten old$/);
  });

  it('chooses language and theme, and logs out', async () => {
    await goTo(/^a Settings$/, 'Shift+Tab');
    await press('Enter');
    await goTo(/^select Language$/);
    await press('ArrowDown');
    await page.getByRole('heading', { name: 'Réglages' }).waitFor();
    await isOn(/^select Langue$/);
    await press('ArrowUp');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await goTo(/^select Theme$/);
    await press('d');
    await page.locator('html[data-theme=dark]').waitFor();
    await goTo(/^button Log out$/, 'Shift+Tab');
    await press('Enter');
    await isOn(/^input User name/);
  });
});
