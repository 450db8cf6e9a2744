/** One thing that is measured beside others. */
export interface Contender {
  readonly name: string;
  /** Does the work once; @returns what is compared, e.g. requests per second. */
  readonly measure: () => Promise<number>;
}

export interface Result {
  readonly name: string;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Measures all contenders in turns, so that a machine that slows down slows all of them: one round to warm up, then
 * `rounds` that count.
 */
export async function interleaved(contenders: readonly Contender[], rounds: number): Promise<Result[]> {
  const samples = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, measure } of contenders) {
      const sample = await measure();
      if (round > 0) samples.get(name)?.push(sample);
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round} of ${rounds}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return contenders.map(({ name }) => summary(name, samples.get(name) ?? []));
}

function summary(name: string, samples: number[]): Result {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    name,
    median: median(sorted),
    lowest: sorted[0] ?? NaN,
    highest: sorted.at(-1) ?? NaN,
  };
}

/** @returns the value that this share of them does not exceed, from 0 up to, and without, 1; NaN of none */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] ?? NaN;

/** @returns the one in the middle; NaN of none */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
