import assert from 'node:assert/strict';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, run } from './tools.mjs';

/** Unpacked, in bytes. */
const LARGEST = 650_000;
/** Nobody's installation need have them; the other HTTP platform is there, but a host on Fastify should not load it. */
const OPTIONAL = [
  'amqplib',
  'amqp-connection-manager',
  '@nestjs/platform-fastify',
  '@nestjs/platform-express',
];

/** What can be said of the tarball without installing it. */
export async function checkTarball(directory, tarball) {
  const tool = (name, ...args) => run('npx', ['--no-install', name, ...args], { cwd: ROOT });
  await tool('publint', 'run', tarball, '--strict');
  await tool('attw', tarball, '--profile', 'node16');
  const unpacked = join(directory, 'unpacked');
  await mkdir(unpacked);
  await run('tar', ['xzf', tarball, '-C', unpacked]);
  const files = (await readdir(unpacked, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const texts = await Promise.all(
    files.map(async ({ parentPath, path = parentPath, name }) => [
      name,
      await readFile(join(path, name), 'utf8'),
    ]),
  );
  const size = texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  const demanded = new RegExp(`\\b(?:require|import)\\(?\\s*["'](?:${OPTIONAL.join('|')})(?:/|["'])`);
  const eager = texts
    .filter(([name, text]) => name.endsWith('.js') && demanded.test(text))
    .map(([name]) => name);
  assert.deepEqual(eager, [], 'these files load what may not be installed');
  assert.ok(size <= LARGEST, `unpacked, the tarball has ${size} bytes: more than ${LARGEST}`);
}
