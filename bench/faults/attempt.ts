import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../support/rounds';
import type { Fault } from './faults';
import { INTERVAL_MS, type Site } from './site';

const DEAD = 20;
/** How long after a fault an alarm may come before it counts as lost: blindness puts it off. */
const LATEST_MS = 60_000;
/** How long after it was told of something false or double may still come. */
const SETTLES_MS = 2_500;

/** What came of the attempts so far. */
export interface Outcome {
  attempts: number;
  false: number;
  lost: number;
  doubled: number;
  /** What the engines asked the bus, where it was quiet. */
  checks: number;
  /** From the end of the interval to the arrival of each alarm, in milliseconds. */
  readonly late: number[];
}

export const nothingYet = (): Outcome => ({
  attempts: 0,
  false: 0,
  lost: 0,
  doubled: 0,
  checks: 0,
  late: [],
});

/** Lets one thing go wrong while 20 of the heartbeats die, lets them live again, and adds what was told to the outcome. */
export async function attempt(site: Site, fault: Fault, outcome: Outcome): Promise<void> {
  const { senders, names } = site;
  if (!(await site.within(LATEST_MS, async () => (await site.count(names, 'up')) === names.length))) {
    throw new Error(`${fault.name}: not all heartbeats came to life`);
  }
  await delay(SETTLES_MS);
  senders.alarms.length = 0;
  senders.checks = 0;
  const first = (outcome.attempts * DEAD) % names.length;
  const dead = names.slice(first, first + DEAD);
  // Some of their deadlines pass while the fault lasts, some after it.
  const dying = (async () => {
    for (const name of dead) {
      senders.die([name]);
      await delay(150);
    }
  })();
  await fault.harm(site);
  await dying;
  const told = (state: number): number =>
    new Set(
      senders.alarms.filter((one) => one.state === state && dead.includes(one.name)).map(({ name }) => name),
    ).size;
  await site.within(LATEST_MS, () => told(3) === DEAD);
  await delay(SETTLES_MS);
  senders.revive();
  await site.within(LATEST_MS, () => told(0) === DEAD);
  await delay(SETTLES_MS);
  count(site, dead, outcome);
}

function count({ senders, names }: Site, dead: readonly string[], outcome: Outcome): void {
  outcome.attempts += 1;
  outcome.checks += senders.checks;
  for (const name of names) {
    const alarms = senders.alarms.filter((one) => one.name === name);
    const states = alarms.map(({ state }) => state);
    if (!dead.includes(name)) {
      outcome.false += states.filter((state) => state === 3).length;
      continue;
    }
    for (const state of [3, 0]) if (!states.includes(state)) outcome.lost += 1;
    outcome.doubled += states.filter((state, n) => state === states[n - 1]).length;
    outcome.false += Math.max(0, states.filter((state, n) => state === 3 && states[n - 1] !== 3).length - 1);
  }
  for (const { name, state, at: arrived } of senders.alarms) {
    const died = senders.diedAt.get(name);
    if (state === 3 && died !== undefined) outcome.late.push(arrived - died - INTERVAL_MS);
  }
  console.log(JSON.stringify({ ...outcome, late: outcome.late.length }));
}

/** @returns the milliseconds that this share of them do not exceed, in seconds */
const at = (values: readonly number[], share: number): string =>
  values.length === 0 ? '-' : (quantile(values, share) / 1_000).toFixed(2);

/** What the cells of a table say of an outcome. */
export const COLUMNS = [
  'attempts',
  'false',
  'lost',
  'doubled',
  'checks an attempt',
  'alarm after the deadline: p50, p99',
] as const;
export const cells = ({ attempts, late, ...counts }: Outcome): string[] => [
  ...[attempts, counts.false, counts.lost, counts.doubled].map(String),
  (counts.checks / attempts).toFixed(1),
  `${at(late, 0.5)} s, ${at(late, 0.99)} s`,
];
