import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, databaseTarball, run } from './tools.mjs';

const PAGES = ['use-in-nest.md', 'use-in-tests.md'];

/**
 * Types what the pages of the documentation say to install, in the order of each page, in an empty project: with the tarballs
 * for the library and its database, and with npm's choice of versions, as it is the reader's.
 */
export async function checkPages(directory, tarball) {
  for (const page of PAGES) {
    const cwd = join(directory, `project-${page}`);
    await mkdir(cwd);
    await writeFile(join(cwd, 'package.json'), '{"private":true}');
    const text = await readFile(join(ROOT, 'docs', page), 'utf8');
    const lines = [...text.matchAll(/^```sh install\n([^]*?)^```$/gm)].map(([, line]) => line);
    assert.ok(lines.length > 0, `${page} installs nothing`);
    for (const line of lines) {
      const typed = line
        .replace(/ canopsis-heartbeat(?= )/, ` ${tarball}`)
        .replace(/ embedded-mongo(?=\s)/, ` ${databaseTarball(directory)}`);
      await run('bash', ['--norc', '-ec', typed], { cwd });
    }
    await run('node', ['-e', "require('canopsis-heartbeat'); require('canopsis-heartbeat/testing')"], {
      cwd,
    });
    assert.ok(
      !existsSync(join(cwd, 'node_modules/canopsis-heartbeat/node_modules/@nestjs')),
      'a second Nest',
    );
  }
}
