import fc from 'fast-check';
import { Calendar } from './calendar';
import type { Maintenance, StoredMaintenance } from './maintenance';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-06-01T00:00Z');
const pattern = { connector: 'c1', component: 'lille' };

const calendarOf = (...windows: Maintenance[]): Calendar =>
  new Calendar(
    windows.map((window, at): StoredMaintenance => ({ _id: String(at), ...window, created: 0, updated: 0 })),
  );
/** @param from hours since the start, as `to` is */
const once = (from: number, to: number, part: Maintenance['pattern'] = null, name = 'once'): Maintenance => ({
  ...{ name, pattern: part },
  ...{ from: START / 1_000 + from * 3_600, to: START / 1_000 + to * 3_600 },
});
const nightly: Maintenance = {
  name: 'nightly',
  pattern: null,
  cron: '0 2 * * *',
  timezone: 'UTC',
  duration: '1h',
};

describe('a calendar of maintenance windows', () => {
  it('knows for whom they are', () => {
    const calendar = calendarOf(
      once(0, 1, { component: 'lille' }),
      once(1, 2, { component: 'lille', other: 'x' }),
    );
    expect(calendar.at(pattern, START)).toEqual({ name: 'once', end: START + HOUR });
    expect(calendar.at({ component: 'lyon' }, START)).toBeUndefined();
    expect(calendar.at({ connector: 'lille' }, START)).toBeUndefined();
    expect(calendar.at(pattern, START + HOUR)).toBeUndefined();
  });

  it('puts together those that touch, and names the one that holds longest', () => {
    const calendar = calendarOf(
      once(1, 2, null, 'first'),
      nightly,
      once(1.5, 1.8, null, 'short'),
      once(3, 4),
    );
    expect(calendar.at(pattern, START + 1.6 * HOUR)).toEqual({ name: 'first', end: START + 4 * HOUR });
    expect(calendar.holdingAt(START + 1.6 * HOUR).map(({ _id }) => _id)).toEqual(['0', '2']);
    expect(calendar.endOf(pattern, START + 4 * HOUR)).toBe(START + 4 * HOUR);
  });

  it('keeps what it knows of windows that have not changed, and nothing of others', async () => {
    const stored = (window: Maintenance, _id: string): StoredMaintenance => ({
      ...{ _id, ...window, created: 0, updated: 0 },
    });
    const before = new Calendar([stored(once(0, 1), 'a'), stored(once(2, 3), 'b')]);
    const first = await before.timesAfter(START);
    const changed = new Calendar([stored(once(5, 6), 'b'), stored(once(0, 1), 'a')], before);
    const after = await changed.timesAfter(START);
    expect(after[1]).toBe(first[0]);
    expect(after[0]).toEqual({ from: START + 5 * HOUR, to: START + 6 * HOUR });
  });

  it('knows when one was over last, however long that is', () => {
    const yearly: Maintenance = { ...nightly, cron: '0 2 1 1 *' };
    expect(calendarOf(yearly).lastEnd(pattern, START)).toBe(Date.parse('2026-01-01T03:00Z'));
    expect(calendarOf(nightly).lastEnd(pattern, START + 3 * HOUR - 1)).toBe(START - 21 * HOUR);
    expect(calendarOf(nightly).lastEnd(pattern, START + 3 * HOUR)).toBe(START + 3 * HOUR);
    expect(calendarOf(once(1, 2, { component: 'lyon' })).lastEnd(pattern, START + 9 * HOUR)).toBe(-Infinity);
    expect(calendarOf(once(1, 2, { component: 'lyon' })).lastEnd(undefined, START + 9 * HOUR)).toBe(
      START + 2 * HOUR,
    );
  });

  it('says of each moment what going through all minutes says, in whichever order it is asked', () => {
    const hours = fc.integer({ min: 0, max: 47 });
    const times = fc.oneof(
      fc.tuple(hours, fc.integer({ min: 1, max: 8 })).map(([from, length]) => once(from, from + length)),
      fc
        .record({
          hour: fc.integer({ min: 0, max: 23 }),
          minute: fc.constantFrom(0, 30),
          day: fc.constantFrom('*', '1', '2', '0'),
        })
        .chain(({ hour, minute, day }) =>
          fc.constantFrom('30m', '1h', '5h').map((duration): Maintenance => ({
            ...nightly,
            cron: `${minute} ${hour} * * ${day}`,
            timezone: 'Asia/Kolkata',
            duration,
          })),
        ),
    );
    const asked = fc.array(fc.integer({ min: 0, max: 48 * 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(times, { maxLength: 4 }), asked, (windows, quarters) => {
        const calendar = calendarOf(...windows);
        const holds = (at: number): boolean => windows.some((window) => holdsAt(window, at));
        for (const quarter of quarters) {
          const at = START + quarter * 15 * MINUTE;
          let end = at;
          while (holds(end)) end += 15 * MINUTE;
          expect(calendar.at(pattern, at)?.end).toBe(end > at ? end : undefined);
          const ends = windows.flatMap((window) =>
            Array.from({ length: 8 * 96 }, (_, n) => at - n * 15 * MINUTE).filter(
              (moment) => holdsAt(window, moment - 1) && !holdsAt(window, moment),
            ),
          );
          expect(calendar.lastEnd(pattern, at)).toBe(Math.max(-Infinity, ...ends));
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** By the clock of India, which is never changed. */
function holdsAt(window: Maintenance, at: number): boolean {
  if (!('cron' in window)) return at >= window.from * 1_000 && at < window.to * 1_000;
  const [minute, hour, , , day] = window.cron.split(' ');
  const length = window.duration === '30m' ? 30 * MINUTE : Number(window.duration.slice(0, -1)) * HOUR;
  for (let begin = Math.floor(at / (30 * MINUTE)) * 30 * MINUTE; begin > at - length; begin -= 30 * MINUTE) {
    const local = new Date(begin + 5.5 * HOUR);
    const isDay = day === '*' || local.getUTCDay() === Number(day);
    if (isDay && local.getUTCHours() === Number(hour) && local.getUTCMinutes() === Number(minute))
      return true;
  }
  return false;
}
