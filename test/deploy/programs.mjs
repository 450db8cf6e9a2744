import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, run } from '../package/tools.mjs';

/** Where Debian puts programs that are not in everybody's PATH. */
const PLACES = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];

const installed = (name) => PLACES.map((place) => join(place, name)).find((path) => existsSync(path));

/** @returns how to run Python with the pinned packages, which are installed into the scratch directory */
export async function pythonModules(scratch) {
  const directory = join(scratch, 'python');
  const requirements = join(ROOT, 'test/deploy/requirements.txt');
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--root-user-action=ignore',
    '--no-deps',
    '--no-compile',
  ];
  await run('python3', ['-m', 'pip', 'install', ...options, '--target', directory, '-r', requirements]);
  return { env: { ...process.env, PYTHONPATH: directory, PYTHONDONTWRITEBYTECODE: '1' } };
}

/** @returns the path of nginx: the one that is installed, or Debian's, unpacked into the scratch directory; nothing is started */
export async function nginxProgram(scratch) {
  const found = installed('nginx');
  if (found) return found;
  const directory = join(scratch, 'nginx');
  const program = join(directory, 'usr/sbin/nginx');
  await mkdir(directory, { recursive: true });
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['download', '-qq', 'nginx'], { cwd: directory });
  const [archive] = (await readdir(directory)).filter((name) => name.endsWith('.deb'));
  await run('dpkg', ['-x', join(directory, archive), directory]);
  return program;
}

/** @returns the path of systemd-analyze; Debian's systemd is installed where it is missing, which starts nothing */
export async function systemdAnalyze() {
  const found = installed('systemd-analyze');
  if (found) return found;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'systemd'], { env });
  return '/usr/bin/systemd-analyze';
}
