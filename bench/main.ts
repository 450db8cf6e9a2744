import { version as mongooseVersion } from 'mongoose';
import { readFile } from 'node:fs/promises';
import { benchApi } from './api';
import { benchEngine } from './engine';
import { benchMixedLoad } from './mixed-load';
import { benchOperation } from './operation';
import { Results, writeSection } from './support/results';

const PAGE = 'bench/results/latest.md';
const BENCHES: Readonly<Record<string, (results: Results) => Promise<void>>> = {
  api: benchApi,
  operation: benchOperation,
  engine: benchEngine,
  'mixed-load': benchMixedLoad,
};

/** `npm run bench` runs all of them, `npm run bench -- api` runs one; each writes its section of the page. */
async function main(names: string[]): Promise<void> {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const all = Object.keys(BENCHES);
  for (const name of names.length > 0 ? names : all) {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`no bench is called ${name}: there are ${all.join(', ')}`);
    const results = new Results(name);
    await bench(results);
    const section = results.section({ 'canopsis-heartbeat': version, mongoose: mongooseVersion });
    await writeSection(PAGE, all, name, section);
  }
  console.log(`\nwritten: ${PAGE}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
