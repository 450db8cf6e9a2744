import type { Texts } from './texts';

/** How times and numbers of one language are written. */
export interface Formats {
  /** A whole number with its groups: `10,001`. */
  number: (value: number) => string;
  /** A share of 1: `53 %`. */
  percent: (share: number) => string;
  /** A time of day where it is of the same day as `now`, else with its date. All in unix seconds. */
  time: (at: number, now: number) => string;
  /** The same with seconds. */
  clock: (at: number, now: number) => string;
  /** The same, with the seconds of the same day alone. */
  brief: (at: number, now: number) => string;
  /** Date and time to the second. */
  exact: (at: number) => string;
}

/** Interval units of the API, in seconds. */
export const UNIT_SECONDS = { s: 1, m: 60, h: 3_600 } as const;
export type Unit = keyof typeof UNIT_SECONDS;

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** @param language `en` or `fr`; English writes dates as Europe does, since hours have 24 */
export function formatsOf(language: string): Formats {
  const locale = language === 'en' ? 'en-GB' : language;
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const format = (options: Intl.DateTimeFormatOptions): ((at: number) => string) => {
    const formatter = new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options });
    return (at) => formatter.format(at * 1_000);
  };
  const date = { day: 'numeric', month: 'short' } as const;
  const minute = { hour: '2-digit', minute: '2-digit' } as const;
  const short = format(minute);
  const shortOfDay = format({ ...date, ...minute });
  const long = format({ ...minute, second: '2-digit' });
  const exact = format({ ...date, year: 'numeric', ...minute, second: '2-digit' });
  return {
    number: (value) => numbers.format(value),
    percent: (share) => percents.format(share),
    time: (at, now) => (isSameDay(at, now) ? short(at) : shortOfDay(at)),
    brief: (at, now) => (isSameDay(at, now) ? long(at) : shortOfDay(at)),
    clock: (at, now) => (isSameDay(at, now) ? long(at) : exact(at)),
    exact,
  };
}

const isSameDay = (one: number, other: number): boolean =>
  new Date(one * 1_000).toDateString() === new Date(other * 1_000).toDateString();

/** Minutes are told with fewer hours only. */
const FEW_HOURS = 10 * HOUR;

/** @returns seconds in at most two units, as one reads them: `42 s`, `18 min`, `5 h 10 min`, `31 h`, `3 d`; never below 0 */
export function duration(seconds: number, { units }: Texts): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} ${units.s}`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} ${units.m}`;
  if (whole < 2 * DAY) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    const hours = `${Math.floor(whole / HOUR)} ${units.h}`;
    return minutes === 0 || whole >= FEW_HOURS ? hours : `${hours} ${minutes} ${units.m}`;
  }
  return `${Math.floor(whole / DAY)} ${units.d}`;
}

/** @returns the seconds of an interval as the API writes it (`10m`); undefined where it is none */
export function intervalSeconds(interval: string): number | undefined {
  const [, count, unit] = /^([0-9]+)([smh])$/.exec(interval) ?? [];
  const seconds = Number(count) * UNIT_SECONDS[unit as Unit];
  return seconds > 0 ? seconds : undefined;
}

/** @returns an interval in the largest unit that is exact: `90s` is `90 s`, `3600s` is `1 h`; what is none as it is */
export function intervalText(interval: string, { units }: Texts): string {
  const seconds = intervalSeconds(interval);
  if (seconds === undefined) return interval;
  if (seconds % DAY === 0 && seconds >= 2 * DAY) return `${seconds / DAY} ${units.d}`;
  const [count, unit] = inLargestUnit(seconds);
  return `${count} ${units[unit]}`;
}

/** @returns how many of the largest unit of the API that is exact */
export function inLargestUnit(seconds: number): [count: number, unit: Unit] {
  const unit = seconds % HOUR === 0 ? 'h' : seconds % MINUTE === 0 ? 'm' : 's';
  return [seconds / UNIT_SECONDS[unit], unit];
}
