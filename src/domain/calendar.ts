import { intervalSeconds } from './interval';
import { type Maintenance, type StoredMaintenance, covers } from './maintenance';
import type { Pattern } from './pattern';
import { Recurrence, type Span, type Spans } from './recurrence';

const HOUR_MS = 3_600_000;
/** How far back it is looked for an end, in milliseconds: longer than any interval is. */
const LONGEST_LOOK_BACK_MS = 11 * 366 * 24 * HOUR_MS;
/** So many spans that touch are put together; where there are more, the next look goes on. */
const MOST_TOUCHING = 1_000;
/** So many answers about one window are kept. */
const MOST_REMEMBERED = 8;

/** What holds of a heartbeat: it is in maintenance. */
export interface InMaintenance {
  /** When no window holds any more; milliseconds since the epoch. */
  readonly end: number;
  /** Name of the window that holds. */
  readonly name: string;
}

/** When a window is. Computing a time zone's clock takes a while, so that answers are kept. */
export class WindowTimes implements Spans {
  private readonly spans: Spans;
  private known: { readonly asked: number; readonly span: Span | undefined }[] = [];
  private ended: (Span & { readonly until: number }) | undefined;

  constructor(window: Maintenance) {
    this.spans = spansOf(window);
  }

  endingAfter(at: number): Span | undefined {
    const found = this.known.find(({ asked, span }) => asked <= at && at < (span?.to ?? Infinity));
    if (found !== undefined) return found.span;
    const span = this.spans.endingAfter(at);
    this.known = [{ asked: at, span }, ...this.known.slice(0, MOST_REMEMBERED - 1)];
    return span;
  }

  /** @returns the span that holds at a moment */
  holdingAt(at: number): Span | undefined {
    const span = this.endingAfter(at);
    return span !== undefined && span.from <= at ? span : undefined;
  }

  /** @returns when it was over last, at a moment or before; -Infinity where it never was */
  lastEnd(at: number): number {
    const { ended } = this;
    if (ended !== undefined && ended.from <= at && at < ended.until) return ended.to;
    const to = this.lookBack(at);
    this.ended = { from: at, to, until: this.endingAfter(at)?.to ?? Infinity };
    return to;
  }

  /** The further back, the longer the steps: what comes every minute is not counted for years. */
  private lookBack(at: number): number {
    for (let back = HOUR_MS; ; back *= 8) {
      let last = -Infinity;
      let span = this.spans.endingAfter(at - back);
      for (; span !== undefined && span.to <= at; span = this.spans.endingAfter(span.to)) last = span.to;
      if (last > -Infinity || back > LONGEST_LOOK_BACK_MS) return last;
    }
  }
}

function spansOf(window: Maintenance): Spans {
  if ('cron' in window) {
    return new Recurrence(window.cron, window.timezone, (intervalSeconds(window.duration) ?? 0) * 1_000);
  }
  const span = { from: Math.round(window.from * 1_000), to: Math.round(window.to * 1_000) };
  return { endingAfter: (at) => (at < span.to ? span : undefined) };
}

interface Entry {
  readonly window: StoredMaintenance;
  readonly times: WindowTimes;
}

/** All windows, and what they mean for a heartbeat. All times in milliseconds since the epoch. */
export class Calendar {
  private readonly entries: readonly Entry[];
  private holding:
    { readonly entries: readonly Entry[]; readonly from: number; readonly until: number } | undefined;

  /** @param before whose answers about windows that have not changed are kept */
  constructor(windows: readonly StoredMaintenance[], before?: Calendar) {
    const known = new Map(before?.entries.map(({ window, times }) => [JSON.stringify(window), times]));
    this.entries = windows.map((window) => ({
      window,
      times: known.get(JSON.stringify(window)) ?? new WindowTimes(window),
    }));
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** @returns the windows that hold */
  holdingAt(now: number): StoredMaintenance[] {
    return this.entriesAt(now).map(({ window }) => window);
  }

  /** @returns of each window, in their order, the first time that ends after a moment */
  timesAfter(now: number): (Span | undefined)[] {
    return this.entries.map(({ times }) => times.endingAfter(now));
  }

  /** @returns when the next window begins or ends; undefined where none will */
  nextChange(now: number): number | undefined {
    const changes = this.entries.flatMap(({ times }) => {
      const span = times.endingAfter(now);
      return span ? [span.from > now ? span.from : span.to] : [];
    });
    return changes.length > 0 ? Math.min(...changes) : undefined;
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
    let end = from;
    for (let touching = 0; touching < MOST_TOUCHING; touching += 1) {
      const further = Math.max(end, ...mine.map(({ times }) => times.holdingAt(end)?.to ?? -Infinity));
      if (further === end) break;
      end = further;
    }
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

/** Where there are no windows. */
export const NO_WINDOWS = new Calendar([]);
