/** Counts what happened, by name; keeps the first few descriptions of what should not have. */
export class Tally {
  private readonly counts = new Map<string, number>();
  readonly failures: string[] = [];
  private failed = 0;

  count(name: string, by = 1): void {
    this.counts.set(name, this.of(name) + by);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  fail(what: string): void {
    this.failed += 1;
    if (this.failures.length < 20) this.failures.push(what);
  }

  get failureCount(): number {
    return this.failed;
  }
}
