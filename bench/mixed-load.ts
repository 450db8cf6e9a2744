import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Results } from './support/results';

const MINUTES = 10;
const SHOWN = /^\| (?:resident memory|heap and buffers|open descriptors|processor time)/;

/** Memory after ten minutes of the load that `npm run soak` makes for an hour, beside that at its start. */
export async function benchMixedLoad(results: Results): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-bench-'));
  const report = join(directory, 'soak.md');
  // On servers of its own, whatever the other benches were given.
  const { PATH } = process.env;
  const env = { PATH, SOAK_MINUTES: String(MINUTES), SOAK_REPORT: report };
  const soak = spawn(process.execPath, [join(__dirname, 'soak', 'main.js')], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    console.log(`\n${MINUTES} minutes of mixed load`);
    const [code] = (await once(soak, 'exit')) as [number | null];
    const page = await readFile(report, 'utf8');
    results.head(`${MINUTES} minutes of mixed load`, 'at the start → at the end', 'to reach');
    for (const line of page.split('\n').filter((row) => SHOWN.test(row))) {
      const [, what = '', found = '', wanted = ''] = line.split('|').map((cell) => cell.trim());
      results.row(what, found, wanted);
    }
    results.row(
      'anything lost, doubled or wrong',
      code === 0 ? 'nothing' : 'see npm run soak -- 10',
      'nothing',
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
