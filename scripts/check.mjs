/**
 * npm run check
 * npm run check -- --no-tests
 * What CI checks without an outside server, with one line a stage; what a stage printed is shown where it fails. Of the tests it
 * runs those beside the sources: `npm test` runs all. Exits with 1 where a stage fails, after the others.
 */
import { cpus } from 'node:os';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, cleanEnvironment, run, sideBySide, timed } from '../test/package/tools.mjs';

const MAX_LINES = 300;
const LIMIT_MS = 600_000;

const program = (...args) => run(...split(args), { cwd: ROOT, limitMs: LIMIT_MS, env: cleanEnvironment() });
const npm =
  (...names) =>
  async () => {
    for (const name of names) await program('npm', 'run', '--silent', ...name.split(' '));
  };
const node =
  (...args) =>
  () =>
    program(process.execPath, ...args);
const split = ([name, ...args]) => [name, args];

/** Stages of one group need nothing of each other; a group needs those before it. */
const GROUPS = [
  {
    'lock file': checkLockFile,
    'file lengths': checkFileLengths,
    format: npm('format:check'),
    lint: npm('lint'),
    types: npm('typecheck'),
    build: npm('build'),
  },
  {
    benchmarks: () => program('npx', 'tsc', '-p', 'tsconfig.bench.json'),
    'openapi.json': node('scripts/openapi.mjs', '--check'),
  },
];

const TESTS = { tests: () => program('npx', 'jest', 'src/', 'packages/', 'web/') };

async function checkLockFile() {
  const lock = await readFile(join(ROOT, 'package-lock.json'), 'utf8');
  if (/"resolved": *"[a-z+]+:/.test(lock))
    throw new Error('package-lock.json names a registry: npm install with the .npmrc of this repository');
}

async function checkFileLengths() {
  const where = ['src', 'test', 'bench', 'scripts', 'web', 'packages', '.ci'];
  const names = (await run('git', ['ls-files', '-z', '--', ...where], { cwd: ROOT }))
    .split('\0')
    .filter(Boolean);
  const lines = async (name) => (await readFile(join(ROOT, name), 'utf8')).split('\n').length - 1;
  const long = [];
  for (const name of names) if ((await lines(name)) > MAX_LINES) long.push(name);
  if (long.length > 0) throw new Error(`more than ${MAX_LINES} lines: ${long.join(', ')}`);
}

async function main({ tests }) {
  const failures = [];
  const stage =
    ([name, job]) =>
    () =>
      timed(name, job).catch((error) => failures.push(error.message));
  for (const group of tests ? [...GROUPS, TESTS] : GROUPS) {
    if (failures.length === 0)
      await sideBySide(Object.entries(group).map(stage), Math.max(2, cpus().length / 2));
  }
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}

const { values } = parseArgs({ options: { tests: { type: 'boolean', default: true } }, allowNegative: true });
await main(values);
