import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ROOT, databaseTarball, run } from './tools.mjs';

/** Bytes, and why so many: docs/decisions/0023-package-size.md. */
const LARGEST = { download: 368_000, page: 130_000, declarations: 163_000, code: 1_028_000 };
/** Of the built page. */
const MOST_FILES = 40;
/** Nobody's installation need have them; the other HTTP platform is there, but a host on Fastify should not load it. */
const OPTIONAL = [
  'amqplib',
  'amqp-connection-manager',
  '@nestjs/platform-fastify',
  '@nestjs/platform-express',
  'embedded-mongo',
  'yaml',
];

/** What can be said of the tarballs without installing them. */
export async function checkTarball(directory, tarball) {
  const tool = (name, ...args) => run('npx', ['--no-install', name, ...args], { cwd: ROOT });
  for (const packed of [tarball, databaseTarball(directory)]) {
    await tool('publint', 'run', packed, '--strict');
    await tool('attw', packed, '--profile', 'node16');
  }
  const unpacked = join(directory, 'unpacked');
  await mkdir(unpacked);
  await run('tar', ['xzf', tarball, '-C', unpacked]);
  const files = (await readdir(unpacked, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const texts = await Promise.all(
    files.map(async ({ parentPath, path = parentPath, name }) => [
      relative(unpacked, join(path, name)),
      await readFile(join(path, name), 'utf8'),
    ]),
  );
  const demanded = new RegExp(`\\b(?:require|import)\\(?\\s*["'](?:${OPTIONAL.join('|')})(?:/|["'])`);
  const eager = texts
    .filter(([name, text]) => name.endsWith('.js') && demanded.test(text))
    .map(([name]) => name);
  assert.deepEqual(eager, [], 'these files load what may not be installed');
  checkSizes(texts, (await stat(tarball)).size);
}

/** Each part of the package has its bound, so that one cannot grow in the room of another. */
function checkSizes(texts, download) {
  const parts = { page: [], declarations: [], code: [] };
  for (const [name, text] of texts) {
    const part = name.includes('/dist/web/') ? 'page' : name.endsWith('.d.ts') ? 'declarations' : 'code';
    parts[part].push(Buffer.byteLength(text));
  }
  const sizes = { download };
  for (const [part, lengths] of Object.entries(parts)) {
    assert.ok(lengths.length > 0, `the tarball has no ${part}`);
    sizes[part] = lengths.reduce((sum, length) => sum + length, 0);
  }
  console.log(`sizes in bytes: ${JSON.stringify(sizes)}, ${texts.length} files`);
  for (const [part, size] of Object.entries(sizes)) {
    assert.ok(size <= LARGEST[part], `${part}: ${size} bytes, more than ${LARGEST[part]}`);
  }
  assert.ok(parts.page.length <= MOST_FILES, `page: ${parts.page.length} files, more than ${MOST_FILES}`);
}
