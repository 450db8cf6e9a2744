import type { Results } from '../support/results';
import { COLUMNS, attempt, cells, nothingYet, type Outcome } from './attempt';
import { type Fault, FAULTS } from './faults';
import { INTERVAL_MS, Site } from './site';

/**
 * 200 heartbeats whose senders live, but for 20 that die while something goes wrong: who is raised falsely, who is not
 * raised or not resolved, and who is twice? Needs `RABBITMQ_START`, the path of a script that starts a broker on a port.
 * @param attempts how often each fault is tried
 * @param only a part of a fault's name: the others are left out
 */
export async function benchFaults(results: Results, attempts = 1, only = ''): Promise<void> {
  const startScript = process.env.RABBITMQ_START;
  if (startScript === undefined) {
    results.say('\nRABBITMQ_START is not set: no faults tried.');
    return;
  }
  results.say(
    `\n200 heartbeats of ${INTERVAL_MS / 1_000} s, an event a second each, 20 of them die in each attempt.`,
  );
  results.head('fault', ...COLUMNS);
  for (const fault of FAULTS.filter(({ name }) => name.includes(only))) {
    const outcome = await tried(startScript, fault, attempts);
    results.row(fault.name, ...cells(outcome));
  }
}

async function tried(startScript: string, fault: Fault, attempts: number): Promise<Outcome> {
  const outcome = nothingYet();
  const site = await Site.open(startScript);
  try {
    for (let n = 0; n < fault.engines; n += 1) await site.startEngine(fault.clocks?.[n]);
    for (let n = 0; n < attempts; n += 1) await attempt(site, fault, outcome);
  } finally {
    await site.close();
  }
  return outcome;
}
