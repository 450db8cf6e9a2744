import { loadavg } from 'node:os';
import type { Results } from '../support/results';
import { benchEngineBesidePages } from './engine';
import { benchStreams } from './streams';
import { benchWindow } from './window';

/** The page's budgets, in the browser of `CHROMIUM`: what it weighs, how fast it is, what open pages cost, and the engine beside. */
export async function benchPage(results: Results): Promise<void> {
  const chromium = process.env.CHROMIUM;
  results.say(
    `\nLoad of the machine before: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(', ')}.`,
  );
  results.head('what', 'measured', 'to reach');
  if (chromium === undefined) results.row('what a browser shows', 'CHROMIUM is not set: not measured', '');
  else for (const count of [10_000, 100_000]) await benchWindow(results, chromium, count);
  await benchStreams(results);
  await benchEngineBesidePages(results);
  results.say(
    `\nLoad of the machine after: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(', ')}.`,
  );
}
