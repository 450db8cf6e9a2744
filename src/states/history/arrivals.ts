/** A document of the collection `heartbeat_arrivals`: when events of one heartbeat came, for pictures alone. */
export interface Arrivals {
  /** The heartbeat's id. */
  readonly _id: string;
  /** Unix seconds with decimals; the last {@link KEPT_ARRIVALS}, about in order. */
  readonly at: number[];
}

/** So many arrivals of a heartbeat are kept. */
export const KEPT_ARRIVALS = 40;
/** An arrival counts when this part of the interval has passed since the last one that did. */
export const PART_OF_INTERVAL = 1 / 20;
/** So many gaps are told with a row of the overview. */
const MOST_GAPS = 32;

/** @returns the times in order; several processes may have stored them */
export const inOrder = (at: readonly number[]): number[] => [...at].sort((a, b) => a - b);

/**
 * @param at unix seconds, in order
 * @param intervalSeconds null where there is none
 * @returns each gap between two of the last arrivals in whole percent of the interval, the oldest first
 */
export function gapsOf(at: readonly number[], intervalSeconds: number | null): number[] {
  if (intervalSeconds === null || intervalSeconds <= 0) return [];
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? time));
  return gaps.slice(-MOST_GAPS).map((gap) => Math.round((gap / intervalSeconds) * 100));
}
