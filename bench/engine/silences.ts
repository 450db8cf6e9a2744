import { residentMiB } from '../support/process-figures';
import type { Results } from '../support/results';
import { median, quantile } from '../support/rounds';
import {
  type Alarms,
  type EngineSite,
  fill,
  idsOf,
  listen,
  moveDeadlines,
  settled,
  until,
  watchingEngine,
} from './site';

const MANY = 100_000;

/** What is measured of one build, and what it may be of the build before. */
const FIGURES = [
  ['first', `first start ever with ${MANY} heartbeats, until watching`, 's', 0.4],
  ['again', 'a later start', 's', 0.5],
  ['memory', `resident memory with ${MANY} heartbeats`, 'MiB', 0.75],
  ['p99', 'deadline to alarm published, 1,000 at spread times, p99', 's', undefined],
  ['burst', '10,000 falling silent in the same second: last alarm', 's', 0.5],
  ['memoryAfter', 'resident memory after that', 'MiB', undefined],
] as const;

type Figures = Readonly<Record<(typeof FIGURES)[number][0], number>>;

/**
 * Start, memory, and how late alarms are, with 100,000 heartbeats; in turns with the build that `BASELINE` names (the folder of a
 * clone that is built), where it is set.
 */
export async function benchSilences(results: Results, site: EngineSite, rounds: number): Promise<void> {
  const baseline = process.env.BASELINE;
  const before: Figures[] = [];
  const now: Figures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (baseline !== undefined) before.push(await measure(site, `${baseline}/dist/main.js`));
    now.push(await measure(site, 'dist/main.js'));
  }
  results.say(`\n${rounds} rounds, medians and ranges:`);
  results.head('what', 'before', 'now', 'of before', 'to reach');
  for (const [key, what, unit, toReach] of FIGURES) {
    const [old, own] = [before, now].map((figures) => figures.map((each) => each[key]));
    const of = old?.length && own ? (median(own) / median(old)).toFixed(2) : '';
    results.row(
      ...[what, old?.length ? said(old, unit) : 'BASELINE is not set', said(own ?? [], unit)],
      ...[of, toReach === undefined ? '' : `≤ ${toReach}`],
    );
  }
}

const said = (values: readonly number[], unit: string): string => {
  const [middle, lowest, highest] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(unit === 's' ? 1 : 0),
  );
  return `${middle} ${unit} (${lowest}…${highest})`;
};

async function measure(site: EngineSite, script: string): Promise<Figures> {
  await fill(site, MANY);
  const start = performance.now();
  await (await watchingEngine(site, script)).stop();
  const again = performance.now();
  const engine = await watchingEngine(site, script);
  const times = { first: (again - start) / 1000, again: (performance.now() - again) / 1000 };
  const memory = await residentMiB(engine.pid);
  const [alarms, stop] = await listen(site);
  const ids = await idsOf(site);
  await settled(site);
  const spread = await lateness(site, alarms, ids.slice(0, 1_000), (i) => 3_000 + i * 20);
  const burst = await lateness(site, alarms, ids.slice(1_000, 11_000), () => 3_000);
  const memoryAfter = await residentMiB(engine.pid);
  await engine.stop();
  await stop();
  return { ...times, memory, p99: spread.p99 / 1000, burst: burst.last / 1000, memoryAfter };
}

/** Has these fall silent so many milliseconds from now. @returns how late their alarms came, in milliseconds */
export async function lateness(
  { connection }: EngineSite,
  alarms: Alarms,
  ids: readonly string[],
  after: (i: number) => number,
): Promise<{ p99: number; last: number }> {
  const now = Date.now();
  const deadlines = ids.map((id, i) => ({ id, deadline: now + after(i) }));
  await moveDeadlines(connection, deadlines);
  const resource = (id: string): string => `connector:bench.connector_name:${id.replace('h', 'n')}`;
  await until(() => Promise.resolve(ids.every((id) => alarms.has(resource(id)))));
  const late = deadlines.map(({ id, deadline }) => (alarms.get(resource(id)) ?? NaN) - deadline);
  return { p99: Math.round(quantile(late, 0.99)), last: Math.max(...late) };
}
