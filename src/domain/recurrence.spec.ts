import fc from 'fast-check';
import { Recurrence, cronProblem, isTimeZone } from './recurrence';

const HOUR = 3_600_000;
const utc = (text: string): number => Date.parse(`${text}Z`);

/** The spans that end after a moment, as times of UTC. */
function spans(cron: string, timezone: string, hours: number, after: string, count: number): string[] {
  const recurrence = new Recurrence(cron, timezone, hours * HOUR);
  let at = utc(after);
  return Array.from({ length: count }, () => {
    const span = recurrence.endingAfter(at);
    if (span === undefined) throw new Error('there is none');
    at = span.to;
    return [span.from, span.to]
      .map((time) => new Date(time).toISOString().slice(5, 16).replace('T', ' '))
      .join(' ');
  });
}

describe('what recurs by the clock of a time zone', () => {
  it('is found while it lasts, and as the next one from the moment on at which it is over', () => {
    const recurrence = new Recurrence('30 22 * * FRI', 'Europe/Paris', 2 * HOUR);
    const from = utc('2026-01-09T21:30');
    const first = { from, to: from + 2 * HOUR };
    for (const at of [from - 100 * HOUR, from - 1, from, from + 2 * HOUR - 1])
      expect(recurrence.endingAfter(at)).toEqual(first);
    const week = 7 * 24 * HOUR;
    expect(recurrence.endingAfter(first.to)).toEqual({ from: from + week, to: first.to + week });
  });

  it.each([
    // Paris, 29 March 2026: 02:00 is 03:00, at 01:00 of UTC.
    [
      'before the clock goes forward, as long',
      '30 1 * * *',
      1,
      ['03-29 00:30 03-29 01:30', '03-29 23:30 03-30 00:30'],
    ],
    [
      'over the hour that is left out',
      '0 1 * * *',
      3,
      ['03-29 00:00 03-29 03:00', '03-29 23:00 03-30 02:00'],
    ],
    [
      'where its time is left out, from then on',
      '30 2 * * *',
      1,
      ['03-29 01:00 03-29 02:00', '03-30 00:30 03-30 01:30'],
    ],
    ['afterwards', '30 3 * * *', 1, ['03-29 01:30 03-29 02:30', '03-30 01:30 03-30 02:30']],
  ])('is in spring, %s', (_, cron, hours, expected) => {
    expect(spans(cron, 'Europe/Paris', hours, '2026-03-28T12:00', 2)).toEqual(expected);
  });

  it.each([
    // Paris, 25 October 2026: 03:00 is 02:00, at 01:00 of UTC.
    ['before the clock goes back', '30 1 * * *', 1, ['10-24 23:30 10-25 00:30', '10-26 00:30 10-26 01:30']],
    [
      'over the hour that comes twice, as long',
      '0 1 * * *',
      3,
      ['10-24 23:00 10-25 02:00', '10-26 00:00 10-26 03:00'],
    ],
    [
      'in the hour that comes twice, once',
      '30 2 * * *',
      1,
      ['10-25 00:30 10-25 01:30', '10-26 01:30 10-26 02:30'],
    ],
    ['afterwards', '30 3 * * *', 1, ['10-25 02:30 10-25 03:30', '10-26 02:30 10-26 03:30']],
  ])('is in autumn, %s', (_, cron, hours, expected) => {
    expect(spans(cron, 'Europe/Paris', hours, '2026-10-24T12:00', 2)).toEqual(expected);
  });

  it('is the same whenever it is asked for, over both changes', () => {
    const zones = fc.constantFrom(
      'Europe/Paris',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'UTC',
    );
    const crons = fc.constantFrom(
      '30 2 * * *',
      '0 1 * * SUN',
      '15 */2 * * *',
      '*/20 1-3 * * *',
      '45 3 1 * *',
    );
    const changes = fc.constantFrom(
      '2026-03-08',
      '2026-03-29',
      '2026-04-05',
      '2026-10-04',
      '2026-10-25',
      '2026-11-01',
    );
    const minutes = fc.integer({ min: -36 * 60, max: 36 * 60 });
    fc.assert(
      fc.property(
        zones,
        crons,
        changes,
        minutes,
        fc.integer({ min: 1, max: 19 }),
        (zone, cron, day, shift, length) => {
          const recurrence = new Recurrence(cron, zone, length * 60_000);
          const at = utc(`${day}T12:00`) + shift * 60_000 + 1;
          const span = recurrence.endingAfter(at);
          if (span === undefined) throw new Error('there is none');
          expect(span.to).toBeGreaterThan(at);
          expect(span.to - span.from).toBe(length * 60_000);
          // Nobody who asks in between gets another answer.
          for (const between of [at, span.from - 1, span.from, span.to - 1])
            if (between >= at) expect(recurrence.endingAfter(between)).toEqual(span);
          const next = recurrence.endingAfter(span.to);
          expect(next?.from).toBeGreaterThan(span.from);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a cron expression', () => {
  it.each([
    '0 2 * * SUN',
    ' 0  2 * * 7 ',
    '*/15 8-18 1,15 jan-mar MON-FRI',
    '0 3 * * TUE#2',
    '0 0 L * *',
    '0 0 29 2 *',
  ])('can be %j', (text) => expect(cronProblem(text)).toBeUndefined());

  it.each([
    [undefined, /^must be a text/],
    [5, /^must be a text/],
    ['0 2 * * SUN'.padEnd(256), /^must be a text of at most 255/],
    ['', /five fields/],
    ['@daily', /five fields/],
    ['2026-01-01T00:00:00', /five fields/],
    ['0 0 2 * * SUN', /five fields/],
    ['? 2 * * *', /five fields/],
    ['60 2 * * *', /in the range of each field/],
    ['0 2 * * XYZ', /in the range of each field/],
    ['0 0 31 2 *', /time that comes/],
  ])('cannot be %j', (text, problem) => expect(cronProblem(text)).toMatch(problem));
});

it('a time zone is one of those that are known', () => {
  for (const zone of ['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires'])
    expect(isTimeZone(zone)).toBe(true);
  for (const zone of ['', 'Paris', 'Europe/Nowhere', '+01:00', 5, null]) expect(isTimeZone(zone)).toBe(false);
});
