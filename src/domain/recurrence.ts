import { Cron } from 'croner';
import { CappedMap } from '../util/capped-map';

/** A stretch of time in milliseconds since the epoch: from the first moment to that at which it is over. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Spans of one length, each of which begins after the one before. */
export interface Spans {
  /** The first of them that ends after a moment: it holds then, or begins later. */
  endingAfter(at: number): Span | undefined;
  /** When the last of them ended that is over at a moment; -Infinity where none is. */
  lastEnd(at: number): number;
}

const LONGEST_TEXT = 255;
const OPTIONS = { mode: '7-part', fixedTimeRule: 'no-wildcard', paused: true } as const;
/**
 * How far a time is looked for, ahead and back, in years: longer than any interval is. What is always in the hour that the clock leaves
 * out never comes, and each year of looking for it takes 2 ms or more.
 */
const YEARS = 11;
const LAST_YEAR = 9_999;

/** What is found out of expressions and zones, which takes a while, is remembered of so many: all windows are read every second. */
const MOST_REMEMBERED = 2_000;

function remembering<T>(find: (text: string) => T): (text: string) => T {
  const known = new CappedMap<string, T>(MOST_REMEMBERED);
  return (text) => {
    if (known.has(text)) return known.get(text) as T;
    const found = find(text);
    known.set(text, found);
    return found;
  };
}

/** What keeps this from being a cron expression of five fields; it follows the word `cron`. */
export function cronProblem(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > LONGEST_TEXT) {
    return `must be a text of at most ${LONGEST_TEXT} characters`;
  }
  // croner knows more: nicknames, seconds, years, and a date alone.
  if (text.trim().split(/\s+/).length !== 5 || /[?@+]/.test(text)) {
    return 'must have five fields: minute, hour, day of the month, month, day of the week';
  }
  return problemOf(text);
}

const problemOf = remembering((text): string | undefined => {
  try {
    return new Recurrence(text, 'UTC', 1).endingAfter(0) === undefined
      ? 'must have a time that comes'
      : undefined;
  } catch {
    return 'must be numbers, names, *, and lists, ranges and steps of them, in the range of each field';
  }
});

/** Whether this is the name of a time zone that is known here. */
export function isTimeZone(name: unknown): name is string {
  // Node 22 takes offsets too, which 20 does not.
  return typeof name === 'string' && name.length <= LONGEST_TEXT && /^[a-z]/i.test(name) && isKnown(name);
}

const isKnown = remembering((name): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
});

/**
 * What comes whenever the clock of a time zone shows what a cron expression says, and takes as long each time, whatever the clock
 * does meanwhile. What the clock leaves out in spring begins when it goes on; what it shows twice in autumn, the first time. Steps and
 * `*` in the hour or the minute are of each time that there is.
 */
export class Recurrence implements Spans {
  /** @param length in milliseconds */
  constructor(
    private readonly cron: string,
    private readonly timezone: string,
    private readonly length: number,
  ) {}

  /** @throws Error where the expression is none */
  endingAfter(at: number): Span | undefined {
    const after = new Date(at - this.length);
    const from = this.around(after).nextRun(after)?.getTime();
    return from === undefined ? undefined : { from, to: from + this.length };
  }

  lastEnd(at: number): number {
    const before = new Date(Math.floor(at) - this.length + 1);
    const from = this.around(before).previousRuns(1, before)[0]?.getTime();
    return from === undefined ? -Infinity : from + this.length;
  }

  /** Not kept: it has an array of 10,000 years, 80 KB, and is made in half of the time that a question takes, or less. */
  private around(time: Date): Cron {
    const year = time.getUTCFullYear();
    const years = [year - YEARS, year + YEARS].map((each) => Math.max(1, Math.min(each, LAST_YEAR)));
    return new Cron(`0 ${this.cron.trim()} ${years.join('-')}`, { timezone: this.timezone, ...OPTIONS });
  }
}
