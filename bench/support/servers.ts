import { ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = process.cwd();

/** A server in a process of its own. */
export interface BenchServer {
  /** What it said that it listens on. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when a line of its output has had these words. */
  said(words: string): Promise<void>;
  /** Ends it as an operator would. @returns its exit code; null where a signal ended it */
  stop(): Promise<number | null>;
}

/** Starts `node <script>`, a path from here or an absolute one, and waits for the first line of its output that holds an URL. */
export async function startServer(
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'heartbeat-bench-'));
  const child = spawn(
    process.execPath,
    [resolve(ROOT, script), ...args.map((arg) => arg.replace('DATA_DIR', dataDir))],
    {
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const output = new Output(child);
  const url = await output.find(/(?:http|mongodb):\/\/[^\s"]+/);
  return {
    url,
    pid: child.pid ?? 0,
    said: async (words) => void (await output.find(new RegExp(words))),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      await rm(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

/** All lines that a process has printed, and those still to come. */
class Output {
  private readonly lines: string[] = [];
  private readonly more = new EventEmitter();

  constructor(child: ChildProcess) {
    if (!child.stdout) throw new Error('no output to read');
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => {
      this.lines.push(line);
      this.more.emit('line');
    });
    reader.on('close', () => this.more.emit('error', new Error('the server ended before it said so')));
    this.more.on('error', () => undefined);
  }

  /** @returns the first match in any line */
  async find(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.map((line) => pattern.exec(line)?.[0]).find((match) => match !== undefined);
      if (found !== undefined) return found;
      await once(this.more, 'line');
    }
  }
}
