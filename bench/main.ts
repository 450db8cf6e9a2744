import { version as mongooseVersion } from 'mongoose';
import { readFile } from 'node:fs/promises';
import { benchApi } from './api';
import { benchEngine } from './engine/main';
import { benchProcesses } from './engine/processes';
import { benchEvents } from './events';
import { benchLongRun } from './faults/long-run';
import { benchFaults } from './faults/main';
import { benchGrowth } from './growth/main';
import { benchLists } from './lists';
import { benchMixedLoad } from './mixed-load';
import { benchOperation } from './operation';
import { benchPage } from './page/main';
import { benchProfile } from './profile/main';
import { Results, writeSection } from './support/results';
import { benchV4 } from './v4';

const PAGE = 'bench/results/latest.md';
const BENCHES: Readonly<Record<string, (results: Results, ...more: string[]) => Promise<void>>> = {
  api: (results) => benchApi(results),
  events: (results) => benchEvents(results),
  v4: benchV4,
  operation: (results) => benchOperation(results),
  engine: (results, rounds) => benchEngine(results, rounds ? Number(rounds) : undefined),
  processes: (results, rounds) => benchProcesses(results, rounds ? Number(rounds) : undefined),
  lists: (results, rounds) => benchLists(results, rounds ? Number(rounds) : undefined),
  growth: (results, most) => benchGrowth(results, most ? Number(most) : undefined),
  'mixed-load': benchMixedLoad,
  profile: (results) => benchProfile(results),
  page: (results) => benchPage(results),
  faults: (results, attempts, only) => benchFaults(results, attempts ? Number(attempts) : 1, only),
  'long-run': (results, minutes) => benchLongRun(results, minutes ? Number(minutes) : undefined),
};

/**
 * `npm run bench` runs all of them, `npm run bench -- api` runs one, `npm run bench -- faults 20` one with what it takes; each writes
 * its section of the page.
 */
async function main(names: string[]): Promise<void> {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const all = Object.keys(BENCHES);
  for (const [name, ...more] of names.length > 0 ? asked(names) : all.map((one): Asked => [one])) {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`no bench is called ${name}: there are ${all.join(', ')}`);
    const results = new Results(name);
    await bench(results, ...more);
    const section = results.section({ 'canopsis-heartbeat': version, mongoose: mongooseVersion });
    await writeSection(PAGE, all, name, section);
  }
  console.log(`\nwritten: ${PAGE}`);
}

/** The name of a bench, and what it takes. */
type Asked = [name: string, ...more: string[]];

/** The names, each with what follows it and is none. */
function asked(words: readonly string[]): Asked[] {
  const benches: Asked[] = [];
  for (const word of words) {
    const last = benches.at(-1);
    if (last === undefined || word in BENCHES) benches.push([word]);
    else last.push(word);
  }
  return benches;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
