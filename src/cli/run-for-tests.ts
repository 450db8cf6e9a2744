import 'reflect-metadata';
import { fstatSync } from 'node:fs';
import { startHeartbeatApp } from '../testing';
import type { Command } from './command-line';
import { stopOnSignal } from './run';

/** How often it looks whether its parent still runs, in milliseconds. */
const LOOK_EVERY_MS = 500;
const STANDARD_INPUT = 0;

/**
 * Runs an application for tests in other languages, and tells its address and credentials as one line of JSON. It ends
 * with a signal, with the process that started it, and with its standard input where that is a pipe: nobody's test leaves one behind.
 */
export async function runForTests({ dialect, port }: Command & { name: 'test' }): Promise<void> {
  // From the beginning: who started it may be gone before it answers.
  const gone = starterGone();
  const app = await startHeartbeatApp({ dialect, port });
  const end = stopOnSignal(() => app.stop());
  console.log(JSON.stringify({ url: app.url, user: 'root', password: 'root' }));
  const why = await gone;
  // Also standard error may lead nowhere any more.
  process.stderr.on('error', () => undefined);
  console.error(`canopsis-heartbeat: ends, since ${why}`);
  end(why);
}

/** @returns why nobody needs it any more, once that is so */
function starterGone(): Promise<string> {
  return new Promise((resolve) => {
    if (isPipe(STANDARD_INPUT)) {
      const closed = (): void => resolve('its standard input was closed');
      process.stdin.on('end', closed).on('error', closed).on('close', closed).resume();
    }
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent || !isRunning(parent)) resolve('the process that started it has ended');
    }, LOOK_EVERY_MS).unref();
  });
}

/** The standard input of a job in the background is `/dev/null`, which is always at its end and says nothing. */
function isPipe(descriptor: number): boolean {
  try {
    const file = fstatSync(descriptor);
    return file.isFIFO() || file.isSocket();
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
