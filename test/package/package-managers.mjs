import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMON, MONGOOSE, NEST } from './combination.mjs';
import { cleanEnvironment, databaseTarball, install, run } from './tools.mjs';

const VERSIONS = { pnpm: '10.34.8', yarn: '1.22.22', '@yarnpkg/cli-dist': '4.18.1' };
/** The name and the file of each of them, what starts a program of a project that it installed, and what else it is tried with. */
export const MANAGERS = {
  npm: { also: checkOwnLine },
  pnpm: { file: 'pnpm/bin/pnpm.cjs', args: ['install', '--no-frozen-lockfile'], also: checkWorkspace },
  'Yarn 1': { file: 'yarn/bin/yarn.js', args: ['install', '--no-lockfile', '--ignore-engines'] },
  'Yarn 4': { file: '@yarnpkg/cli-dist/bin/yarn.js', args: ['install'], linker: 'node-modules' },
  'Yarn 4 PnP': { file: '@yarnpkg/cli-dist/bin/yarn.js', args: ['install'], linker: 'pnp' },
};
/** Hosts on Nest 11: with Express, with Fastify alone, and with neither. */
const EXPRESS = ['express'];
const HTTP = [EXPRESS, ['fastify'], []];

/** Tries one package manager with each of these hosts; what is tried of one of them in another way is not tried twice. */
export async function checkPackageManager(directory, tarball, name) {
  const managers = await installManagers(directory);
  const { also } = MANAGERS[name];
  const rest = (await also?.(managers, directory, tarball)) ?? HTTP;
  for (const http of rest) {
    const cwd = projectOf(directory, name, http[0] ?? 'neither');
    await writeProject(cwd, manifest(directory, tarball, http));
    await installWith(managers, name, cwd);
    await runIn(managers, name, cwd, ['manager.cjs', ...http]);
  }
}

/**
 * Tries what Nest's command makes, with Express, and one line after that: npm chooses all that is missing.
 * @returns the hosts that are still to be tried
 */
async function checkOwnLine(_managers, directory, tarball) {
  const cwd = projectOf(directory, 'npm', 'own-line');
  const { core, express } = NEST[11];
  const { 'reflect-metadata': metadata, rxjs } = COMMON;
  const dependencies = {
    '@nestjs/common': core,
    '@nestjs/core': core,
    '@nestjs/platform-express': express,
    'reflect-metadata': metadata,
    rxjs,
  };
  await writeProject(cwd, { name: 'project', version: '0.0.0', private: true, dependencies });
  const typed = ['install', '-D', tarball, databaseTarball(directory)];
  await run('npm', [...typed, '--prefer-offline', '--no-audit', '--no-fund'], { cwd });
  await run('node', ['manager.cjs', ...EXPRESS], { cwd });
  return HTTP.filter((http) => http !== EXPRESS);
}

/**
 * Tries a workspace of two hosts with Express, of which one has a class-validator of its own: Nest's packages have it as a peer.
 * @returns the hosts that are still to be tried: in a workspace, one finds what another installed
 */
async function checkWorkspace(managers, directory, tarball) {
  const cwd = projectOf(directory, 'pnpm', 'workspace');
  await writeProject(cwd, { name: 'workspace', version: '0.0.0', private: true });
  await writeFile(join(cwd, 'pnpm-workspace.yaml'), "packages: ['*']\n");
  const validators = { 'class-validator': '0.14.4', 'class-transformer': '0.5.1' };
  const projects = { validating: validators, other: {} };
  for (const [name, more] of Object.entries(projects)) {
    await writeProject(join(cwd, name), { ...manifest(directory, tarball, EXPRESS, more), name });
  }
  await installWith(managers, 'pnpm', cwd);
  for (const name of Object.keys(projects)) {
    await run('node', ['manager.cjs', ...EXPRESS], { cwd: join(cwd, name) });
  }
  return HTTP.filter((http) => http !== EXPRESS);
}

const projectOf = (directory, name, what) => join(directory, `project-${name.replaceAll(' ', '-')}-${what}`);

async function writeProject(cwd, json) {
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), JSON.stringify(json));
  await copyFile(new URL('project/manager.cjs', import.meta.url), join(cwd, 'manager.cjs'));
}

function manifest(directory, tarball, http, more = {}) {
  const { core, mongoose, passport, ...platforms } = NEST[11];
  const dependencies = {
    'canopsis-heartbeat': `file:${tarball}`,
    'embedded-mongo': `file:${databaseTarball(directory)}`,
    '@nestjs/common': core,
    '@nestjs/core': core,
    '@nestjs/mongoose': mongoose,
    '@nestjs/passport': passport,
    mongoose: MONGOOSE[9],
    ...COMMON,
    ...more,
  };
  for (const name of http) dependencies[`@nestjs/platform-${name}`] = platforms[name];
  return { name: 'project', version: '0.0.0', private: true, dependencies };
}

let managers;

/** Once for all of them. @returns where they are */
export function installManagers(directory) {
  const cwd = join(directory, 'managers');
  managers ??= install(cwd, { dependencies: VERSIONS });
  return managers.then(() => join(cwd, 'node_modules'));
}

/** Installs what the project's `package.json` says, with one of the {@link MANAGERS}. */
export async function installWith(at, name, cwd) {
  const { file, args, linker } = MANAGERS[name];
  if (file === undefined) {
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd });
    return;
  }
  const env = linker ? await yarnEnvironment(linker, cwd) : cleanEnvironment();
  if (linker) await writeFile(join(cwd, 'yarn.lock'), '');
  await run('node', [join(at, file), ...args], { cwd, env });
}

/** Runs a script of the project, as its package manager lets it find packages. */
async function runIn(at, name, cwd, args) {
  const { file, linker } = MANAGERS[name];
  if (linker !== 'pnp') return run('node', args, { cwd });
  return run('node', [join(at, file), 'node', ...args], { cwd, env: await yarnEnvironment(linker, cwd) });
}

/** Yarn 4 does not read npm's settings. */
async function yarnEnvironment(linker, cwd) {
  const registry = (await run('npm', ['config', 'get', 'registry'], { cwd })).trim();
  assert.ok(URL.canParse(registry), 'npm names no registry');
  return cleanEnvironment({
    YARN_NODE_LINKER: linker,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_ENABLE_TELEMETRY: 'false',
    YARN_ENABLE_PROGRESS_BARS: 'false',
    YARN_NPM_MINIMAL_AGE_GATE: '0',
  });
}
