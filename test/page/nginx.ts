import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port';

/** An nginx in front of two nodes, as it is shipped for them. */
export interface Nginx {
  /** Where the page is; ends in a slash. */
  readonly url: string;
  stop(): Promise<void>;
}

const SHIPPED = join(__dirname, '../../deploy/compose/nginx/nginx.conf');

/**
 * Starts nginx with the file that is shipped, in which nothing is changed but where the nodes are, where it listens and writes,
 * and below which path it serves.
 * @param program path of nginx
 * @param nodes addresses of two nodes
 * @param path begins and ends in a slash
 */
export async function startNginx(program: string, nodes: readonly string[], path: string): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-nginx-'));
  const port = await freePort();
  const [first = '', second = ''] = nodes.map((node) => new URL(node).host);
  const config = (await readFile(SHIPPED, 'utf8'))
    .replace('app-1:8082', first)
    .replace('app-2:8082', second)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('location / {', `location ${path} {`)
    .replace('proxy_pass http://heartbeat;', path === '/' ? '$&' : 'proxy_pass http://heartbeat/;')
    .replaceAll('/tmp/nginx', join(directory, 'nginx'))
    .replace('/dev/stdout', join(directory, 'access.log'));
  const file = join(directory, 'nginx.conf');
  await writeFile(file, config);
  // Where it is started as root, its workers must be root too: the directory is root's.
  const globals = `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`;
  const child = spawn(program, ['-p', directory, '-c', file, '-g', globals], { stdio: 'ignore' });
  await listening(port, child);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    async stop() {
      const ended = child.exitCode === null && once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('nginx ended');
    const socket = connect(port, '127.0.0.1');
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
