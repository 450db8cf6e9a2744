import type { Alarm, Span } from '../types';

const DAY = 86_400;
const HOUR = 3_600;
/** Between two marks of the axis. */
const MARK_HOURS = 4;
export const WIDTH = 720;
/** A shorter bar would not be seen. */
const LEAST_BAR = 2;
/** More than these lines nobody reads. */
export const MOST_LINES = 40;

/** A line or band of the picture. */
export interface Bar {
  x: number;
  width: number;
}

/** The last 24 hours as a picture. */
export interface Day {
  /** How many alarms there were. */
  count: number;
  /** One bar for each, those that began last first; at most {@link MOST_LINES}. */
  alarms: (Bar & { alarm: Alarm })[];
  blind: Bar[];
  /** Whole hours, where the axis is marked, in unix seconds. */
  marks: { x: number; at: number }[];
}

/** @param now unix seconds, the right edge */
export function dayOf(alarms: readonly Alarm[], blind: readonly Span[], now: number): Day {
  const start = now - DAY;
  const x = (at: number): number => Math.round(((Math.max(at, start) - start) / DAY) * WIDTH);
  const bar = ({ from, to }: Span): Bar => {
    const left = Math.min(x(from), WIDTH - LEAST_BAR);
    return { x: left, width: Math.max(LEAST_BAR, x(to ?? now) - left) };
  };
  const isSeen = ({ to }: Span): boolean => (to ?? now) > start;
  const seen = alarms.filter(isSeen).sort((one, other) => other.from - one.from);
  const firstMark = Math.ceil(start / (MARK_HOURS * HOUR)) * MARK_HOURS * HOUR;
  const count = Math.floor((now - firstMark) / (MARK_HOURS * HOUR)) + 1;
  const marks = Array.from({ length: count }, (_, index) => firstMark + index * MARK_HOURS * HOUR);
  return {
    count: seen.length,
    alarms: seen.slice(0, MOST_LINES).map((alarm) => ({ ...bar(alarm), alarm })),
    blind: blind.filter(isSeen).map(bar),
    marks: marks.map((at) => ({ x: x(at), at })),
  };
}
