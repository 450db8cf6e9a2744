import { setTimeout as delay } from 'node:timers/promises';
import { residentMiB } from '../support/process-figures';
import type { Results } from '../support/results';
import { median } from '../support/rounds';
import { COLUMNS, attempt, cells, nothingYet, type Outcome } from './attempt';
import { FAULTS } from './faults';
import { Site } from './site';

const ENGINES = 3;
const MINUTE_MS = 60_000;

/**
 * The faults one after the other on one site with three engines, one begun each minute: does anything add up? Needs
 * `RABBITMQ_START`, as the bench of the faults does.
 */
export async function benchLongRun(results: Results, minutes = 60): Promise<void> {
  const startScript = process.env.RABBITMQ_START;
  if (startScript === undefined) {
    results.say('\nRABBITMQ_START is not set: no faults tried.');
    return;
  }
  const faults = FAULTS.filter(({ clocks }) => clocks === undefined);
  const outcomes = new Map(faults.map(({ name }) => [name, nothingYet()]));
  const memory: Memory[] = [];
  const site = await Site.open(startScript);
  try {
    for (let n = 0; n < ENGINES; n += 1) await site.startEngine();
    for (let n = 0; n < minutes; n += 1) {
      const minute = delay(MINUTE_MS);
      const fault = faults[n % faults.length];
      if (fault) await attempt(site, fault, outcomes.get(fault.name) ?? nothingYet());
      await minute;
      memory.push(await memoryOf(site));
    }
  } finally {
    await site.close();
  }
  results.say(
    `\n${minutes} minutes, ${ENGINES} engines that share one database and one queue, a fault a minute.`,
  );
  results.head('fault', ...COLUMNS);
  for (const [name, outcome] of outcomes) results.row(name, ...cells(outcome));
  results.row('all', ...cells(sum([...outcomes.values()])));
  const quarter = Math.ceil(memory.length / 4);
  const middle = (of: keyof Memory, part: Memory[]): number => median(part.map((one) => one[of]));
  results.head('resident memory, MiB, median', 'first quarter', 'last quarter');
  for (const of of ['largest engine', 'database'] as const) {
    results.row(of, `${middle(of, memory.slice(0, quarter))}`, `${middle(of, memory.slice(-quarter))}`);
  }
}

type Memory = Record<'largest engine' | 'database', number>;

async function memoryOf({ engines, database }: Site): Promise<Memory> {
  const each = await Promise.all(engines.map(({ pid }) => residentMiB(pid)));
  return { 'largest engine': Math.max(...each), database: await residentMiB(database.pid) };
}

function sum(outcomes: readonly Outcome[]): Outcome {
  const all = nothingYet();
  for (const one of outcomes) {
    for (const of of ['attempts', 'false', 'lost', 'doubled', 'checks'] as const) all[of] += one[of];
    all.late.push(...one.late);
  }
  return all;
}
