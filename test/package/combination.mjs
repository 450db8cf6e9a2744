import { cp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanEnvironment, databaseTarball, install, nodeBinary, run } from './tools.mjs';

export const NEST = {
  11: { core: '11.2.10', express: '11.2.10', fastify: '11.2.8', mongoose: '11.0.4', passport: '11.0.5' },
  12: { core: '12.5.1', express: '12.5.1', fastify: '12.5.0', mongoose: '12.0.0', passport: '12.0.0' },
};
export const MONGOOSE = { 8: '8.24.10', 9: '9.12.1' };
const AMQP = { amqplib: '0.10.9', 'amqp-connection-manager': '5.0.0' };

/** What every host has, whatever the combination; the newest types of Node are good for all three. */
export const COMMON = { passport: '0.7.0', 'reflect-metadata': '0.2.2', rxjs: '7.8.2' };
const TOOLS = { typescript: '5.9.3', '@types/node': '20.19.43', '@types/passport': '1.0.17' };

/** The host's files. Its TypeScript is a template: only in a project with the tarball can it be checked. */
const PROJECT = new URL('project/', import.meta.url);

/** Installs one host application, type-checks it, and lets it and its tests run. */
export async function checkCombination(directory, tarball, combination) {
  const cwd = join(directory, `project-${combination.name}`);
  await install(cwd, { dependencies: dependencies(directory, tarball, combination) });
  await cp(PROJECT, cwd, { recursive: true });
  await rename(join(cwd, 'host.ts.template'), join(cwd, 'host.ts'));
  await writeFile(join(cwd, 'adapter.ts'), adapter(combination));
  await run('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { cwd });
  const node = await nodeBinary(directory, combination.node);
  const absent = absentPackages(combination);
  await run(node, ['loads.cjs', ...absent], { cwd });
  await run(node, ['build/host.js'], { cwd });
  await run(node, testCommand(combination), { cwd, env: cleanEnvironment({ HTTP: combination.http }) });
}

function dependencies(directory, tarball, { nest, mongoose, http, tests, amqp }) {
  const { core, [http]: platform, mongoose: nestMongoose, passport } = NEST[nest];
  return {
    'canopsis-heartbeat': `file:${tarball}`,
    'embedded-mongo': `file:${databaseTarball(directory)}`,
    '@nestjs/common': core,
    '@nestjs/core': core,
    [`@nestjs/platform-${http}`]: platform,
    '@nestjs/mongoose': nestMongoose,
    '@nestjs/passport': passport,
    mongoose: MONGOOSE[mongoose],
    ...COMMON,
    ...TOOLS,
    ...(amqp && AMQP),
    ...(tests === 'jest' && { jest: '30.5.2' }),
  };
}

/** What this host must get along without. */
function absentPackages({ http, amqp }) {
  return [...(http === 'express' ? ['@nestjs/platform-fastify'] : []), ...(amqp ? [] : Object.keys(AMQP))];
}

function adapter({ http }) {
  const name = http === 'express' ? 'ExpressAdapter' : 'FastifyAdapter';
  return `import { ${name} } from '@nestjs/platform-${http}';\nexport const createAdapter = (): ${name} => new ${name}();\n`;
}

function testCommand({ tests, nest }) {
  if (tests === 'node:test') return ['--test', 'harness.node-test.cjs'];
  // Nest 12 consists of ES modules, which Jest requires by a part of Node that must be asked for.
  return [...(nest === 12 ? ['--experimental-vm-modules'] : []), 'node_modules/jest/bin/jest.js', '--ci'];
}
