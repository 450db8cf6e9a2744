import { copyFile, cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ROOT, databaseTarball, run } from './tools.mjs';

const LEFT_OUT = ['node_modules', 'dist', 'canopsis-heartbeat.tgz', 'embedded-mongo.tgz'];

/** Builds and tests the example with the tarballs, in a copy of it. */
export async function checkMonorepo(directory, tarball) {
  const cwd = join(directory, 'monorepo');
  const filter = (path) => !LEFT_OUT.includes(basename(path));
  await cp(join(ROOT, 'examples/nest-monorepo'), cwd, { recursive: true, filter });
  await copyFile(tarball, join(cwd, 'canopsis-heartbeat.tgz'));
  await copyFile(databaseTarball(directory), join(cwd, 'embedded-mongo.tgz'));
  // Not `npm ci`: the lock file cannot know the hash of this tarball, nor what it will depend on.
  await run('npm', ['install', '--prefer-offline'], { cwd });
  await run('npm', ['run', 'build'], { cwd });
  await run('npm', ['test'], { cwd });
}
