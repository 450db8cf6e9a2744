import { cpus } from 'node:os';
import { cpuSeconds } from '../support/process-figures';
import type { Results } from '../support/results';
import { median } from '../support/rounds';
import type { BenchServer } from '../support/servers';
import { lateness } from './silences';
import {
  type EngineSite,
  engineSite,
  fill,
  idsOf,
  listen,
  settled,
  startEngine,
  watchingEngine,
} from './site';
import { eventStored, fillWithMarks, LAST, publishEvents, WARM } from './throughput';

const PROCESSES = [1, 2, 4];
const HIT = 10_000;
const MANY = 100_000;
const SILENT = 10_000;
/** Long enough that the engines are all there before anything is measured. */
const WARM_UP = 90_000;
const MEASURED = 60_000;

/** A rate or a time, and how much of a core each took meanwhile. */
interface Measured {
  readonly value: number;
  readonly engines: number;
  /** NaN where it is an outside one. */
  readonly database: number;
  /** Broker, bench, and what else there is. */
  readonly rest: number;
}

/**
 * What one, two and four engines do together on one database and one broker (`AMQP_URL`), and what the processors were busy with.
 */
export async function benchProcesses(results: Results, rounds = 3): Promise<void> {
  const amqpUrl = process.env.AMQP_URL;
  if (amqpUrl === undefined) return results.say('\nAMQP_URL is not set: nothing measured.');
  const site = await engineSite(amqpUrl);
  try {
    results.say(`\nRounds: ${rounds}, medians; how much of a core each took, of ${cpus().length}:`);
    results.head('engines', 'what', 'measured', 'engines', 'database', 'broker and bench');
    await fillWithMarks(site, HIT);
    await eachCount(results, rounds, `events stored a second, ${HIT} heartbeats hit in turn`, (count) =>
      throughput(site, count),
    );
    await fill(site, MANY);
    await (await watchingEngine(site)).stop();
    const silent = await idsOf(site);
    await eachCount(
      results,
      rounds,
      `seconds to the last alarm, ${SILENT} of ${MANY} silent at once`,
      (count) => burst(site, count, silent.splice(0, SILENT)),
    );
  } finally {
    await site.stop();
  }
}

/** In turns, so that all have the same share of what else the machine does. */
async function eachCount(
  results: Results,
  rounds: number,
  what: string,
  measure: (count: number) => Promise<Measured>,
): Promise<void> {
  const measured = new Map(PROCESSES.map((count) => [count, [] as Measured[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const [count, all] of measured) all.push(await measure(count));
  for (const [count, all] of measured) {
    const middle = (of: keyof Measured): number => median(all.map((each) => each[of]));
    const value = middle('value');
    const shares = (['engines', 'database', 'rest'] as const).map((of) => middle(of).toFixed(2));
    results.row(`${count}`, what, value > 1_000 ? value.toFixed(0) : value.toFixed(1), ...shares);
  }
}

async function throughput(site: EngineSite, count: number): Promise<Measured> {
  await publishEvents(site, HIT, WARM_UP, MEASURED);
  const before = Date.now();
  const engines = await Promise.all(Array.from({ length: count }, () => startEngine(site)));
  await eventStored(site, WARM, before);
  const measured = await watched(site, engines, async () => {
    const from = performance.now();
    await eventStored(site, LAST, before);
    return (MEASURED / (performance.now() - from)) * 1_000;
  });
  await Promise.all(engines.map((engine) => engine.stop()));
  return measured;
}

async function burst(site: EngineSite, count: number, silent: readonly string[]): Promise<Measured> {
  const engines = await Promise.all(Array.from({ length: count }, () => watchingEngine(site)));
  await settled(site);
  const [alarms, stop] = await listen(site);
  const measured = await watched(site, engines, async () => {
    const { last } = await lateness(site, alarms, silent, () => 3_000);
    return last / 1_000;
  });
  await stop();
  await Promise.all(engines.map((engine) => engine.stop()));
  return measured;
}

/** Measures, and how much of a core each process took meanwhile. */
async function watched(
  { databasePid }: EngineSite,
  engines: readonly BenchServer[],
  measure: () => Promise<number>,
): Promise<Measured> {
  const used = async (): Promise<number[]> => [
    (await Promise.all(engines.map(({ pid }) => cpuSeconds(pid)))).reduce((sum, each) => sum + each, 0),
    databasePid === undefined ? NaN : await cpuSeconds(databasePid),
    busySeconds(),
  ];
  const before = await used();
  const from = performance.now();
  const value = await measure();
  const seconds = (performance.now() - from) / 1_000;
  const [own = 0, database = 0, all = 0] = (await used()).map(
    (now, at) => (now - (before[at] ?? 0)) / seconds,
  );
  return { value, engines: own, database, rest: all - own - (Number.isNaN(database) ? 0 : database) };
}

/** @returns how long the processors of the machine have been busy, in seconds */
const busySeconds = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1_000;
