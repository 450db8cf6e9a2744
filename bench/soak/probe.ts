/**
 * Loaded into the application's process before anything else (`node --require`): writes a line of JSON into the file that
 * SOAK_PROBE names, every ten seconds. Garbage is collected first, so that the heap is what is really kept.
 */
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the process says of itself. */
export interface ProbeLine {
  /** Bytes on V8's heap after a collection. */
  readonly heap: number;
  /** Bytes outside it that belong to its objects: buffers above all. */
  readonly external: number;
  /** Microseconds of processor time since the start. */
  readonly cpu: number;
  /** Milliseconds by which the event loop was late since the line before: the 99th percentile. */
  readonly delay: number;
}

const EVERY_MS = 10_000;
const RESOLUTION_MS = 20;

const file = process.env.SOAK_PROBE;
if (file !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loop.enable();
  const write = (): void => {
    const delay = Math.max(0, loop.percentile(99) / 1e6 - RESOLUTION_MS);
    collect();
    loop.reset();
    const { heapUsed: heap, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const line: ProbeLine = { heap, external, cpu: user + system, delay };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  setInterval(write, EVERY_MS).unref();
}
