import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Answer, RequestOptions, send } from './application';

const ROOT = join(__dirname, '..', '..');

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One of the product's own programs, as built. */
export interface TestProcess {
  readonly pid: number;
  /** What it has written so far, on both streams. */
  output(): string;
  /** Settles when it has ended and its output is complete. */
  readonly exited: Promise<Exit>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** Sends a signal and goes on. */
  kill(signal: NodeJS.Signals): void;
  /** Waits until its output matches; fails when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A process that serves the API. */
export interface ApiProcess extends TestProcess {
  readonly url: string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
}

/** A process that is the embedded MongoDB alone. */
export interface DatabaseProcess extends TestProcess {
  readonly uri: string;
  readonly port: number;
}

/** Starts a program, with no more of the environment than it is given. `npm test` has built it. */
export function startProcess(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): TestProcess {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

function watch(child: ChildProcess): TestProcess {
  let text = '';
  let ended = false;
  const exited = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      child.emit('said');
    });
  }
  return {
    pid: child.pid ?? 0,
    exited,
    output: () => text,
    kill: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
    async says(pattern) {
      for (;;) {
        const match = pattern.exec(text);
        if (match) return match;
        if (ended) throw new Error(`the process ended without saying ${pattern}:\n${text}`);
        await Promise.race([once(child, 'said'), exited]);
      }
    },
  };
}

/** Starts the application as `npm start` does, once it is built, on a free port. */
export async function startApi(env: Record<string, string>): Promise<ApiProcess> {
  const child = startProcess(process.execPath, ['dist/main.js'], { PORT: '0', ...env });
  const [, url = ''] = await child.says(/answers at (http:\S+)/);
  return Object.assign(child, {
    url,
    request: (method: string, path: string, options?: RequestOptions) => send(url, method, path, options),
  });
}

/** Starts the embedded MongoDB as a process of its own. */
export async function startDatabaseProcess(dataDir: string, port = 0): Promise<DatabaseProcess> {
  const args = ['packages/embedded-mongo/dist/main.js', '--port', String(port), '--data', dataDir];
  const child = startProcess(process.execPath, args);
  const [uri, actual] = await child.says(/mongodb:\/\/[^\s:]+:(\d+)/);
  return Object.assign(child, { uri, port: Number(actual) });
}
