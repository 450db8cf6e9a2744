import { Cron } from 'croner';
import fc from 'fast-check';
import { Calendar } from './calendar';
import type { Maintenance, RecurringFields, StoredMaintenance } from './maintenance';
import type { Span } from './recurrence';
import { WindowTimes } from './window-times';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS_BEFORE = 4;
const DAYS_AFTER = 7;

const calendarOf = (...windows: Maintenance[]): Calendar =>
  new Calendar(
    windows.map((window, at): StoredMaintenance => ({ _id: String(at), ...window, created: 0, updated: 0 })),
  );
const recurring = (
  cron: string,
  duration: string,
  timezone = 'Europe/Paris',
): Maintenance & RecurringFields => ({ name: cron, pattern: null, cron, timezone, duration });

/** A minute, and what the clock of a zone shows then. */
interface Shown {
  readonly at: number;
  /** Minutes since the epoch, as if the clock were that of UTC. */
  readonly local: number;
}

/** All minutes around a day. */
function minutesAround(day: string, zone: string): Shown[] {
  const format = new Intl.DateTimeFormat('sv', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const noon = Date.parse(`${day}T12:00Z`);
  const count = ((DAYS_BEFORE + DAYS_AFTER) * DAY) / MINUTE;
  return Array.from({ length: count }, (_, n) => {
    const at = noon - DAYS_BEFORE * DAY + n * MINUTE;
    return { at, local: Date.parse(`${format.format(at).replace(' ', 'T')}Z`) / MINUTE };
  });
}

const isIn = (field: string, value: number): boolean =>
  field.split(',').some((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from, to = from] = range === '*' ? [0, 59] : range.split('-').map(Number);
    return value >= Number(from) && value <= Number(to) && (value - Number(from)) % Number(step) === 0;
  });

function matches(cron: string, local: number): boolean {
  const [minute = '', hour = '', , , weekday = ''] = cron.split(' ');
  const date = new Date(local * MINUTE);
  return (
    isIn(minute, date.getUTCMinutes()) && isIn(hour, date.getUTCHours()) && isIn(weekday, date.getUTCDay())
  );
}

/** Looks at each minute for itself: what the clock leaves out begins when it goes on, what it shows twice the first time. */
function naiveSpans(cron: string, length: number, minutes: readonly Shown[]): Span[] {
  const isOfEachTime = /[*/]/.test(cron.split(' ').slice(0, 2).join());
  const seen = new Set<number>();
  return minutes.flatMap(({ at, local }, n) => {
    const before = minutes[n - 1]?.local ?? local - 1;
    const leftOut = Array.from({ length: Math.max(0, local - before - 1) }, (_, more) => before + 1 + more);
    const begins = isOfEachTime
      ? matches(cron, local)
      : [...leftOut, local].some((each) => !seen.has(each) && matches(cron, each));
    for (let each = Math.min(before + 1, local); each <= local; each += 1) seen.add(each);
    return begins ? [{ from: at, to: at + length }] : [];
  });
}

/** Days on which a clock is changed. */
const places = fc.constantFrom(
  { zone: 'Europe/Paris', day: '2026-03-29' },
  { zone: 'Europe/Paris', day: '2026-10-25' },
  { zone: 'America/New_York', day: '2026-03-08' },
  { zone: 'Australia/Lord_Howe', day: '2026-04-05' },
  { zone: 'Australia/Lord_Howe', day: '2026-10-04' },
  { zone: 'America/St_Johns', day: '2026-11-01' },
);
const crons = fc
  .tuple(
    fc.constantFrom('0', '30', '59', '0,30', '*/20', '*', '10-12'),
    fc.constantFrom('*', '*/3', '1', '2', '3', '1-3', '0,8,16', '23'),
    fc.constantFrom('*', '*', '*', '0', '1-5', '6,0'),
  )
  .map(([minute, hour, weekday]) => `${minute} ${hour} * * ${weekday}`);
const lengths = fc.constantFrom(1, 59, 60, 90, 1_200, 3_600, 3 * 3_600, 8 * 3_600);
const windows = fc.array(fc.tuple(crons, lengths), { minLength: 1, maxLength: 3 });
/** Seconds from noon of the day. */
const moments = fc.array(fc.integer({ min: -20 * 3_600, max: 20 * 3_600 }), { minLength: 1, maxLength: 5 });

const known = new Map<string, Shown[]>();
function minutesOf({ zone, day }: { zone: string; day: string }): Shown[] {
  const key = `${zone} ${day}`;
  const minutes = known.get(key) ?? minutesAround(day, zone);
  known.set(key, minutes);
  return minutes;
}

const lastOf = (ends: readonly number[], at: number): number =>
  ends.reduce((last, end) => (end <= at && end > last ? end : last), -Infinity);

describe('when windows are', () => {
  it('is what looking at each minute says, over both changes of the clock, in whichever order it is asked', () => {
    fc.assert(
      fc.property(places, windows, moments, (place, chosen, seconds) => {
        const minutes = minutesOf(place);
        const noon = Date.parse(`${place.day}T12:00Z`);
        const naive = chosen.map(([cron, length]) => naiveSpans(cron, length * SECOND, minutes));
        const asWindows = chosen.map(([cron, length]) => recurring(cron, `${length}s`, place.zone));
        const calendar = calendarOf(...asWindows);
        for (const second of seconds) {
          const at = noon + second * SECOND;
          asWindows.forEach((window, index) => {
            const spans = naive[index] ?? [];
            const times = new WindowTimes(window);
            const next = spans.find(({ to }) => to > at);
            if (next !== undefined) expect(times.endingAfter(at)).toEqual(next);
          });
          const last = lastOf(
            naive.flat().map(({ to }) => to),
            at,
          );
          if (last > -Infinity) expect(calendar.lastEnd(undefined, at)).toBe(last);
          const touching = naiveEnd(naive, at);
          const told = calendar.at({}, at)?.end;
          if (touching.count <= 16) expect(told).toBe(touching.count > 0 ? touching.end : undefined);
          else expect(told).toBeGreaterThan(at);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is of the last end that came, however long ago, and as well where it was prepared', () => {
    const dates = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2035-01-01'),
      noInvalidDate: true,
    });
    const seasonal = fc.constantFrom('* * * 3 *', '*/5 * * 12 *', '0 2 29 2 *', '30 2 * 3,10 0', '0 0 1 1 *');
    fc.assert(
      fc.property(seasonal, lengths, dates, fc.boolean(), (cron, length, date, isPrepared) => {
        const at = date.getTime();
        const times = new WindowTimes(recurring(cron, `${length}s`));
        if (isPrepared) times.prepare(at);
        const last = times.lastEnd(at);
        expect(last).toBeLessThanOrEqual(at);
        expect(times.endingAfter(last - 1)?.to).toBe(last);
        const next = times.endingAfter(last)?.to ?? Infinity;
        expect(next).toBeGreaterThan(at);
        if (next < Infinity) expect(times.lastEnd(next)).toBe(next);
      }),
      { numRuns: 150 },
    );
  });

  it('is known to be never where the clock always leaves it out', () => {
    const times = new WindowTimes(recurring('30-59/15 2 * 3 SUN#L', '1m'));
    expect(times.endingAfter(Date.parse('2026-11-20T10:00Z'))).toBeUndefined();
    expect(times.lastEnd(Date.parse('2026-11-20T10:00Z'))).toBe(-Infinity);
  });
});

/** Follows spans of windows that touch or overlap. @returns also in how many steps */
function naiveEnd(
  spansOf: readonly (readonly Span[])[],
  at: number,
): { readonly end: number; readonly count: number } {
  let end = at;
  for (let count = 0; ; count += 1) {
    const holding = spansOf.flatMap((spans) => spans.find(({ to }) => to > end) ?? []);
    const further = Math.max(end, ...holding.filter(({ from }) => from <= end).map(({ to }) => to));
    if (further === end) return { end, count };
    end = further;
  }
}

describe("how often a zone's clock is asked", () => {
  const now = Date.parse('2026-11-20T10:00Z');
  let next: jest.SpyInstance;
  let previous: jest.SpyInstance;
  const asked = (): number => next.mock.calls.length + previous.mock.calls.length;

  beforeEach(() => {
    next = jest.spyOn(Cron.prototype, 'nextRun');
    previous = jest.spyOn(Cron.prototype, 'previousRuns');
  });
  afterEach(() => jest.restoreAllMocks());

  it('does not grow with the heartbeats that the same touching windows are for', () => {
    const calendar = calendarOf(recurring('0 8 * * *', '12h'), recurring('0 20 * * *', '12h'));
    const ends = Array.from({ length: 1_000 }, (_, n) => calendar.at({ component: `c${n}` }, now)?.end);
    expect(new Set(ends)).toEqual(new Set([Date.parse('2026-11-28T19:00Z')]));
    expect(asked()).toBeLessThan(50);
    const before = asked();
    for (let n = 0; n < 1_000; n += 1) calendar.at({ component: `c${n}` }, now + SECOND);
    expect(asked()).toBe(before);
  });

  it('is once for the last end, however dense the window is in its season', () => {
    const calendar = calendarOf(recurring('* * * 3 *', '1s'));
    expect(calendar.lastEnd(undefined, now)).toBe(Date.parse('2026-03-31T21:59:01Z'));
    expect(asked()).toBeLessThan(5);
  });

  it('is bounded for one heartbeat, however many windows are for it', () => {
    const dense = Array.from({ length: 200 }, (_, n) => recurring('0 * * * *', `${n + 60}s`));
    const calendar = calendarOf(...dense);
    expect(calendar.at({}, now)?.end).toBe(now + 259 * SECOND);
    expect(asked()).toBeLessThanOrEqual(2 * dense.length);
  });

  it('is not again where it was prepared, until the second end after that has come', async () => {
    const calendar = calendarOf(recurring('* * * * *', '30s'), recurring('0 2 * * *', '1h'));
    await calendar.prepare(now);
    const before = asked();
    for (let at = now; at < now + MINUTE; at += SECOND) {
      calendar.holdingAt(at);
      calendar.nextChange(at);
      calendar.lastEnd(undefined, at);
      expect(calendar.holds({}, at)).toBe(at < now + 30 * SECOND);
    }
    expect(asked()).toBe(before);
  });

  it('is shared by windows that come at the same times', () => {
    const same = Array.from({ length: 100 }, () => recurring('0 8 * * *', '12h'));
    calendarOf(...same).nextChange(now);
    expect(asked()).toBe(1);
  });

  it('lets all else have its turn meanwhile', async () => {
    const many = calendarOf(...Array.from({ length: 400 }, (_, n) => recurring('* * * * *', `${n + 1}s`)));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await many.prepare(now);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});
