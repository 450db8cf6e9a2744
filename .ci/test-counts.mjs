// node .ci/test-counts.mjs [--none-skipped] FILE…
// Adds up the counts in the files that jest wrote with --json, and prints one line, always with all three:
// Tests: N passed, N failed, N skipped
// A file that is not there counts as nothing run.
// With --none-skipped it fails where a test was skipped or left to do, and names it.
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'none-skipped': { type: 'boolean', default: false } },
});
const runs = positionals
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, 'utf8')));
const sum = (count) => runs.reduce((total, run) => total + count(run), 0);

const skipped = sum((run) => run.numPendingTests + run.numTodoTests);
const passed = sum((run) => run.numPassedTests);
const failed = sum((run) => run.numFailedTests);

if (values['none-skipped'] && skipped > 0) {
  const all = runs.flatMap((run) => run.testResults).flatMap((file) => file.assertionResults);
  for (const { status, fullName } of all) {
    if (status === 'pending' || status === 'todo') console.error(`skipped, but required here: ${fullName}`);
  }
  process.exitCode = 1;
}
console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
