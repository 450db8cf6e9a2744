import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '../support/eventually';

const COMMAND = ['dist/main.js', 'test'];
/** Starts the command, and tells which process it is; its own standard input is of no use to the command. */
const PARENT = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ${JSON.stringify(COMMAND)}, { stdio: ['ignore', 'inherit', 'inherit'] });
  console.log('pid ' + child.pid);
  setInterval(() => undefined, 1_000);`;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the command for tests in other languages', () => {
  let directory: string;
  let started: ChildProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'test-command-'));
  });
  afterEach(() => {
    for (const child of started) child.kill('SIGKILL');
    started = [];
    rmSync(directory, { recursive: true });
  });

  function start(args: readonly string[], stdin: 'pipe' | 'ignore'): ChildProcess {
    const env = { ...process.env, TMPDIR: directory };
    const child = spawn(process.execPath, args, { stdio: [stdin, 'pipe', 'ignore'], env });
    started.push(child);
    return child;
  }

  /** Resolves with the first line that looks so, or fails when there is none. */
  async function line(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
    for await (const text of createInterface({ input: child.stdout ?? process.stdin })) {
      const found = pattern.exec(text);
      if (found) return found;
    }
    throw new Error(`it ended without saying ${pattern}`);
  }

  it('ends with its standard input', async () => {
    const child = start(COMMAND, 'pipe');
    await line(child, /"url":"http:\/\/127\.0\.0\.1:\d+"/);
    const ended = once(child, 'exit');
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('ends with the process that started it, however that ends', async () => {
    const parent = start(['-e', PARENT], 'ignore');
    const lines = createInterface({ input: parent.stdout ?? process.stdin })[Symbol.asyncIterator]();
    const [, pid] = /^pid (\d+)$/.exec((await lines.next()).value as string) ?? [];
    // Both write to one pipe. Before this line it could not have seen who started it.
    expect((await lines.next()).value).toContain('"url"');
    parent.kill('SIGKILL');
    await eventually(() => Promise.resolve(!isRunning(Number(pid))));
    await eventually(() => Promise.resolve(readdirSync(directory).length === 0));
  });

  it('goes on where its standard input is not there for it', async () => {
    const child = start(COMMAND, 'ignore');
    const [, url = ''] = await line(child, /"url":"([^"]+)"/);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('leaves a directory behind where it is killed, which the next start removes; others stay', async () => {
    const killed = start(COMMAND, 'ignore');
    await line(killed, /"url"/);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const [left = ''] = readdirSync(directory);
    expect(left).toMatch(/^canopsis-heartbeat-test-/);

    const live = start(COMMAND, 'ignore');
    await line(live, /"url"/);
    expect(existsSync(join(directory, left))).toBe(false);
    const [inUse = ''] = readdirSync(directory);
    // One that is just being made, and one that somebody has for other purposes.
    for (const name of ['canopsis-heartbeat-test-abcdef', 'canopsis-heartbeat-test-data']) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'file'), '');
    }
    const next = start(COMMAND, 'ignore');
    await line(next, /"url"/);
    expect(readdirSync(directory)).toEqual(
      expect.arrayContaining([inUse, 'canopsis-heartbeat-test-abcdef', 'canopsis-heartbeat-test-data']),
    );
  });
});
