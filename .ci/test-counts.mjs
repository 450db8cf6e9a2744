// node .ci/test-counts.mjs [--none-skipped] FILE…
// Adds up the counts in the files that jest wrote with --json, and prints the sums as jest prints its own; a file that is not there
// counts as nothing run.
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
const suites = {
  failed: sum((run) => run.numFailedTestSuites),
  skipped: sum((run) => run.numPendingTestSuites),
  passed: sum((run) => run.numPassedTestSuites),
};
const tests = { failed: sum((run) => run.numFailedTests), skipped, passed: sum((run) => run.numPassedTests) };

if (values['none-skipped'] && skipped > 0) {
  const all = runs.flatMap((run) => run.testResults).flatMap((file) => file.assertionResults);
  for (const { status, fullName } of all) {
    if (status === 'pending' || status === 'todo') console.error(`skipped, but required here: ${fullName}`);
  }
  process.exitCode = 1;
}
console.log(`Test Suites: ${summary(suites)}`);
console.log(`Tests:       ${summary(tests)}`);

/** As jest has it: nothing of what there is none of, but for what passed. */
function summary(counts) {
  const parts = Object.entries(counts).filter(([name, count]) => count > 0 || name === 'passed');
  const total = Object.values(counts).reduce((all, count) => all + count, 0);
  return [...parts.map(([name, count]) => `${count} ${name}`), `${total} total`].join(', ');
}
