/** What is added to every interval before silence is an alarm: milliseconds, or a share of the interval. */
export type Tolerance = { readonly ms: number } | { readonly percent: number };

export const NO_TOLERANCE: Tolerance = { ms: 0 };

/** @returns the interval with its tolerance, in whole milliseconds */
export function withTolerance(intervalMs: number, tolerance: Tolerance): number {
  return 'ms' in tolerance
    ? intervalMs + tolerance.ms
    : Math.round(intervalMs * (1 + tolerance.percent / 100));
}
