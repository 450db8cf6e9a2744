import { eachInTurns } from '../util/in-turns';
import { CappedMap } from '../util/capped-map';
import { SCHEDULE_FIELDS, type StoredMaintenance, covers } from './maintenance';
import type { Pattern } from './pattern';
import type { Span } from './recurrence';
import { WindowTimes } from './window-times';

/** So many spans that touch are put together; where there are more, the next look goes on. */
const MOST_TOUCHING = 16;
/** So often a recurring window is asked for that, at most: fewer spans where many are for one heartbeat. */
const MOST_ASKED = 64;
/** Of so many groups of windows it is remembered when they end, and for so many moments of each. */
const MOST_GROUPS = 500;
const MOST_ENDS = 32;

/** What holds of a heartbeat: it is in maintenance. */
export interface InMaintenance {
  /** When no window holds any more; milliseconds since the epoch. */
  readonly end: number;
  /** Name of the window that holds. */
  readonly name: string;
}

interface Entry {
  readonly window: StoredMaintenance;
  /** Its place among all. */
  readonly place: number;
  readonly times: WindowTimes;
}

/** All windows, and what they mean for a heartbeat. All times in milliseconds since the epoch. */
export class Calendar {
  private readonly entries: readonly Entry[];
  private holding:
    { readonly entries: readonly Entry[]; readonly from: number; readonly until: number } | undefined;
  /** The ends of touching spans, by their beginning, for all heartbeats that the same windows are for. */
  private readonly ends = new CappedMap<string, Map<number, number>>(MOST_GROUPS);

  /** @param before whose answers about times that have not changed are kept */
  constructor(windows: readonly StoredMaintenance[], before?: Calendar) {
    const known = new Map(before?.entries.map(({ window, times }) => [scheduleOf(window), times]));
    this.entries = windows.map((window, place) => {
      const schedule = scheduleOf(window);
      const times = known.get(schedule) ?? new WindowTimes(window);
      known.set(schedule, times);
      return { window, place, times };
    });
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** Finds out, a little at a time, what will be asked of each window at a moment and in the minute after it. */
  prepare(now: number): Promise<void> {
    return eachInTurns(this.entries, ({ times }) => times.prepare(now));
  }

  /** @returns the windows that hold */
  holdingAt(now: number): StoredMaintenance[] {
    return this.entriesAt(now).map(({ window }) => window);
  }

  /** @returns of each window, in their order, the first time that ends after a moment */
  async timesAfter(now: number): Promise<(Span | undefined)[]> {
    const spans: (Span | undefined)[] = [];
    await eachInTurns(this.entries, ({ times }) => spans.push(times.endingAfter(now)));
    return spans;
  }

  /** @returns when the next window begins or ends; undefined where none will */
  nextChange(now: number): number | undefined {
    const changes = this.entries.flatMap(({ times }) => {
      const span = times.endingAfter(now);
      return span ? [span.from > now ? span.from : span.to] : [];
    });
    return changes.length > 0 ? Math.min(...changes) : undefined;
  }

  /** Whether any window holds for heartbeats with this pattern. */
  holds(pattern: Readonly<Pattern>, now: number): boolean {
    return this.entriesAt(now).some(({ window }) => covers(window, pattern));
  }

  /** @returns what holds of heartbeats with this pattern; undefined where they are watched */
  at(pattern: Readonly<Pattern>, now: number): InMaintenance | undefined {
    const [first] = this.entriesAt(now)
      .filter(({ window }) => covers(window, pattern))
      .map(({ window, times }) => ({ name: window.name, to: times.endingAfter(now)?.to ?? now }))
      .sort((a, b) => b.to - a.to);
    return first && { name: first.name, end: this.endOf(pattern, first.to) };
  }

  /** @returns the first moment from `from` on at which no window holds for heartbeats with this pattern */
  endOf(pattern: Readonly<Pattern>, from: number): number {
    const mine = this.entries.filter(({ window }) => covers(window, pattern));
    const group = mine.map(({ place }) => place).join();
    const ends = this.ends.get(group) ?? new CappedMap<number, number>(MOST_ENDS);
    this.ends.set(group, ends);
    const end = ends.get(from) ?? endOf(mine, from);
    ends.set(from, end);
    return end;
  }

  /** @returns when a window was over last, for heartbeats with this pattern, or for any; -Infinity where none ever was */
  lastEnd(pattern: Readonly<Pattern> | undefined, now: number): number {
    const mine = this.entries.filter(({ window }) => pattern === undefined || covers(window, pattern));
    return Math.max(-Infinity, ...mine.map(({ times }) => times.lastEnd(now)));
  }

  /** Those that hold: looked for again when any begins or ends, since it is asked for each heartbeat. */
  private entriesAt(now: number): readonly Entry[] {
    const { holding } = this;
    if (holding !== undefined && holding.from <= now && now < holding.until) return holding.entries;
    const entries = this.entries.filter(({ times }) => times.holdingAt(now) !== undefined);
    this.holding = { entries, from: now, until: this.nextChange(now) ?? Infinity };
    return entries;
  }
}

const scheduleOf = (window: StoredMaintenance): string => JSON.stringify(window, [...SCHEDULE_FIELDS]);

/** Follows spans that touch. It depends on the windows and the moment alone, so that each look finds the same end. */
function endOf(entries: readonly Entry[], from: number): number {
  const recurring = entries.filter(({ window }) => 'cron' in window).length;
  const most = Math.min(MOST_TOUCHING, Math.floor(MOST_ASKED / Math.max(1, recurring)));
  let end = from;
  for (let touching = 0; touching < most; touching += 1) {
    const further = Math.max(end, ...entries.map(({ times }) => times.holdingAt(end)?.to ?? -Infinity));
    if (further === end) break;
    end = further;
  }
  return end;
}

/** Where there are no windows. */
export const NO_WINDOWS = new Calendar([]);
