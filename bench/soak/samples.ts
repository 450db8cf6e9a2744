import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProbeLine } from './probe';
import { median } from '../support/rounds';

/** One look at the application's process. */
export interface Sample {
  /** Seconds since the load began. */
  readonly at: number;
  /** Resident memory, in bytes. */
  readonly resident: number;
  /** What of it belongs to no file: the pages of the embedded database's file are the system's to take back. */
  readonly anonymous: number;
  /** V8's heap after a collection, and the buffers that belong to it, in bytes. */
  readonly heap: number;
  readonly descriptors: number;
  /** Milliseconds by which the event loop was late, 99th percentile of ten seconds. */
  readonly delay: number;
  /** Seconds of processor time since the start. */
  readonly cpu: number;
  /** Requests answered since the load began. */
  readonly requests: number;
}

const EVERY_MS = 10_000;

/** Looks at a process every ten seconds until stopped. */
export class Sampler {
  readonly samples: Sample[] = [];

  /**
   * @param probeFile where the probe in the process writes
   * @param requests how many requests it has answered
   */
  constructor(
    private readonly pid: number,
    private readonly probeFile: string,
    private readonly requests: () => number,
  ) {}

  /** @throws Error when the process is gone */
  async run(stopping: AbortSignal, onSample: (sample: Sample) => void): Promise<void> {
    const began = performance.now();
    while (!stopping.aborted) {
      await pause(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined);
      const probe = this.lastProbe();
      if (probe === undefined) continue;
      const sample = { ...this.look(probe), at: (performance.now() - began) / 1000 };
      this.samples.push(sample);
      onSample(sample);
    }
  }

  private look({ heap, external, cpu, delay }: ProbeLine): Omit<Sample, 'at'> {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const bytes = (name: string): number =>
      1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
    return {
      resident: bytes('VmRSS'),
      anonymous: bytes('RssAnon'),
      heap: heap + external,
      descriptors: readdirSync(`/proc/${this.pid}/fd`).length,
      delay,
      cpu: cpu / 1e6,
      requests: this.requests(),
    };
  }

  private lastProbe(): ProbeLine | undefined {
    if (!existsSync(this.probeFile)) return undefined;
    const line = readFileSync(this.probeFile, 'utf8').trimEnd().split('\n').at(-1);
    return line ? (JSON.parse(line) as ProbeLine) : undefined;
  }
}

/** A figure after the warm-up, at its beginning and at its end. */
export interface Trend {
  readonly first: number;
  readonly last: number;
}

/** The samples after the first fifth of the time, in which caches fill and code is compiled; a minute at least. */
export function afterWarmUp(samples: readonly Sample[]): readonly Sample[] {
  const end = samples.at(-1)?.at ?? 0;
  return samples.filter(({ at }) => at >= Math.max(60, end / 5));
}

/** @returns the medians of the first and of the last third; NaN without samples */
export const trend = (samples: readonly Sample[], figure: (sample: Sample) => number): Trend =>
  thirds(samples, (part) => median(part.map(figure)));

/**
 * What is kept grows with its lowest figure too; what is in work for a moment, on a machine that has other things to do, does
 * not count.
 * @returns the least of the first and of the last third
 */
export const floorTrend = (samples: readonly Sample[], figure: (sample: Sample) => number): Trend =>
  thirds(samples, (part) => Math.min(...part.map(figure)));

function thirds(samples: readonly Sample[], of: (part: readonly Sample[]) => number): Trend {
  const third = Math.ceil(samples.length / 3);
  return { first: of(samples.slice(0, third)), last: of(samples.slice(-third)) };
}

/** @returns milliseconds of processor time for each request, in the first and in the last third */
export function costTrend(samples: readonly Sample[]): Trend {
  const third = Math.ceil(samples.length / 3);
  const cost = (part: readonly Sample[]): number => {
    const [from, to] = [part[0], part.at(-1)];
    return from && to ? (1000 * (to.cpu - from.cpu)) / (to.requests - from.requests) : NaN;
  };
  return { first: cost(samples.slice(0, third)), last: cost(samples.slice(-third)) };
}
