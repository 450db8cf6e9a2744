import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A database for one test. */
export interface Database {
  readonly uri: string;
  stop(): Promise<void>;
}

const PROGRAM = join(
  dirname(require.resolve('canopsis-heartbeat/package.json')),
  'dist/embedded-mongo/main.js',
);

/** Starts the embedded MongoDB that canopsis-heartbeat brings, on a free port, with its data in a temporary directory. */
export async function startDatabase(): Promise<Database> {
  const data = await mkdtemp(join(tmpdir(), 'operations-'));
  const server = spawn(process.execPath, [PROGRAM, '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
  return {
    uri: line.trim(),
    stop: async () => {
      server.kill();
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}
