import { benchApi } from './api';
import { benchEngine } from './engine';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = { api: benchApi, engine: benchEngine };

/** `npm run bench` runs all of them, `npm run bench -- api` one. */
async function main(names: string[]): Promise<void> {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`no bench is called ${name}: there are ${Object.keys(BENCHES).join(', ')}`);
    console.log(`\n## ${name}\n`);
    await bench();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
