import { version as mongooseVersion } from 'mongoose';
import { version } from '../src/version';
import { benchApi } from './api';
import { benchEngine } from './engine';
import { benchMixedLoad } from './mixed-load';
import { benchOperation } from './operation';
import { Results } from './support/results';

const PAGE = 'bench/results/latest.md';
const BENCHES: Readonly<Record<string, (results: Results) => Promise<void>>> = {
  api: benchApi,
  operation: benchOperation,
  engine: benchEngine,
  'mixed-load': benchMixedLoad,
};

/** `npm run bench` runs all of them and writes the page; `npm run bench -- api` runs one. */
async function main(names: string[]): Promise<void> {
  const results = new Results();
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`no bench is called ${name}: there are ${Object.keys(BENCHES).join(', ')}`);
    results.say(`\n## ${name}`);
    await bench(results);
  }
  if (names.length > 0) return;
  await results.write(PAGE, { 'canopsis-heartbeat': version(), mongoose: mongooseVersion });
  console.log(`\nwritten: ${PAGE}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
