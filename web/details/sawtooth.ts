import type { Past, Span } from '../types';

/** A rectangle of the picture. */
export interface Band {
  x: number;
  width: number;
}

/** What is drawn: the silence over time, in the units of the picture. */
export interface Sawtooth {
  /** The time since the last event: it grows, and falls to nothing with each. */
  line: string;
  /** Where the interval is. */
  allowedY: number;
  alarms: Band[];
  blind: Band[];
}

export const WIDTH = 400;
export const HEIGHT = 120;
/** So much room is above the longest silence and above the interval, as a share of it. */
const HEADROOM = 1.15;
/** A silence of more intervals leaves the picture at its upper edge, so that the usual ones can still be told apart. */
const MOST_INTERVALS = 3;
/** A present silence that is longer than this share of all before it is cut, for the same reason. */
const LONGEST_TAIL = 0.7;
/** So many intervals of it are seen all the same: a silence that raised an alarm is above the line. */
const LEAST_TAIL = 1.5;

/**
 * @param past at least one arrival; times in unix seconds
 * @param interval in seconds
 */
export function sawtoothOf({ arrivals, alarms, blind }: Past, interval: number, now: number): Sawtooth {
  const start = arrivals[0] ?? now;
  const end = endOf(arrivals, now, interval);
  const longest = Math.min(longestGap([...arrivals, end]), interval * MOST_INTERVALS);
  const highest = Math.max(interval, longest) * HEADROOM;
  const x = (at: number): number => round(((at - start) / (end - start)) * WIDTH);
  const y = (silence: number): number => round(HEIGHT - (silence / highest) * HEIGHT);
  const teeth = arrivals.map((at, index) => {
    const next = arrivals[index + 1] ?? end;
    return `${index === 0 ? 'M' : 'L'}${x(at)} ${HEIGHT}L${x(next)} ${y(next - at)}`;
  });
  const bandOf = ({ from, to }: Span): Band => {
    const left = x(Math.max(from, start));
    return { x: left, width: Math.max(1, x(Math.min(to ?? end, end)) - left) };
  };
  const isSeen = ({ from, to }: Span): boolean => (to ?? end) > start && from < end;
  return {
    line: teeth.join(''),
    allowedY: y(interval),
    alarms: alarms.filter(isSeen).map(bandOf),
    blind: blind.filter(isSeen).map(bandOf),
  };
}

/** @returns where the picture ends: now, or earlier where the present silence would fill all of it */
export function endOf(arrivals: readonly number[], now: number, interval: number): number {
  const start = arrivals[0] ?? now;
  const last = arrivals.at(-1) ?? now;
  const tail = Math.max((last - start) * LONGEST_TAIL, interval * LEAST_TAIL);
  const longest = arrivals.length < 3 ? Infinity : tail;
  return Math.max(start + 1, Math.min(now, last + longest));
}

/** @returns the longest time between two of these times, in seconds; 0 where there are not two */
export const longestGap = (times: readonly number[]): number =>
  times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);

const round = (value: number): number => Math.round(value * 10) / 10;
