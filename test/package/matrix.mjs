/**
 * node test/package/matrix.mjs [NAME…]
 * Packs the library, installs the tarball into scratch projects, and lets each of them work with it. The names choose rows of the
 * table below; without any, all of them run, and the checks of the tarball itself. Exits with 1 at the first failure.
 */
import { rm } from 'node:fs/promises';
import { checkCommand } from './command.mjs';
import { checkCombination } from './combination.mjs';
import { checkMonorepo } from './monorepo.mjs';
import { checkPages } from './pages.mjs';
import { MANAGERS, checkPackageManager } from './package-managers.mjs';
import { nodeBinary, packLibrary, scratchDirectory, sideBySide, timed } from './tools.mjs';
import { checkTarball } from './tarball.mjs';
import { checkTestRunners } from './test-runners.mjs';

/** What is tried together. Each value is there twice at least; Nest 12 does not load under Jest on Node 20. */
const COMBINATIONS = [
  { name: 'a', nest: 11, mongoose: 8, http: 'express', node: 20, tests: 'jest', amqp: false },
  { name: 'b', nest: 11, mongoose: 9, http: 'fastify', node: 22, tests: 'jest', amqp: true },
  { name: 'c', nest: 11, mongoose: 8, http: 'fastify', node: 24, tests: 'node:test', amqp: false },
  { name: 'd', nest: 12, mongoose: 9, http: 'express', node: 24, tests: 'jest', amqp: true },
  { name: 'e', nest: 12, mongoose: 8, http: 'fastify', node: 20, tests: 'node:test', amqp: false },
  { name: 'f', nest: 12, mongoose: 9, http: 'express', node: 22, tests: 'node:test', amqp: false },
];

/** The combinations above run on this many at a time. */
const AT_A_TIME = 3;

async function main(names) {
  const began = performance.now();
  const directory = await scratchDirectory();
  const stop = () => void rm(directory, { recursive: true, force: true }).then(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const chosen = (name) => names.length === 0 || names.includes(name);
    const combinations = COMBINATIONS.filter(({ name }) => chosen(name));
    const majors = [...new Set(combinations.map(({ node }) => node))];
    const [tarball] = await Promise.all([
      timed('pack', () => packLibrary(directory)),
      // One after the other beside the packing: two jobs at a time are enough.
      majors.reduce((before, major) => before.then(() => nodeBinary(directory, major)), Promise.resolve()),
    ]);
    const jobs = combinations.map(
      (combination) => () =>
        timed(describe(combination), () => checkCombination(directory, tarball, combination)),
    );
    for (const manager of Object.keys(MANAGERS).filter(chosen)) {
      jobs.push(() => timed(manager, () => checkPackageManager(directory, tarball, manager)));
    }
    if (chosen('monorepo')) jobs.push(() => timed('monorepo', () => checkMonorepo(directory, tarball)));
    if (chosen('pages')) jobs.push(() => timed('pages', () => checkPages(directory, tarball)));
    if (chosen('command')) jobs.push(() => timed('command', () => checkCommand(directory, tarball)));
    if (chosen('runners'))
      jobs.push(() => timed('Vitest and mocha', () => checkTestRunners(directory, tarball)));
    if (chosen('tarball')) jobs.push(() => timed('tarball', () => checkTarball(directory, tarball)));
    await sideBySide(jobs, AT_A_TIME);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  console.log(`whole matrix: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

const describe = ({ name, nest, mongoose, http, node, tests, amqp }) =>
  `${name}: Nest ${nest}, mongoose ${mongoose}, ${http}, Node ${node}, ${tests}, ${amqp ? 'with' : 'without'} amqplib`;

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
