import fc from 'fast-check';
import type { Listening } from '../../states/engine-documents';
import { blindSince, dueAt, firstListening, foundBroken, heardAgain } from './listening';

const MINUTE = 60_000;
const START = 1_000_000_000;
const GRACE = 5 * MINUTE;

/** Heard from the start on, but for these times. */
function heardBut(...blind: [from: number, to: number][]): Listening {
  let listening = firstListening(START);
  for (const [from, to] of blind) {
    listening = heardAgain({ ...listening, heard_at: START + from }, START + from, START + to);
  }
  return listening;
}

const silence = (base: number, intervalMs: number) => ({
  ...{ base: START + base, intervalMs },
  deadline: START + base + intervalMs,
});

describe('dueAt', () => {
  it('is the deadline where nothing was missed since the last event', () => {
    expect(dueAt(heardBut([0, MINUTE]), silence(2 * MINUTE, 10_000), GRACE)).toBe(
      START + 2 * MINUTE + 10_000,
    );
  });

  it('is put off by the grace period after blindness, or by the interval where that is shorter', () => {
    const listening = heardBut([20 * MINUTE, 30 * MINUTE]);
    expect(dueAt(listening, silence(19 * MINUTE, 8 * MINUTE), GRACE)).toBe(START + 35 * MINUTE);
    expect(dueAt(listening, silence(19 * MINUTE, 2 * MINUTE), GRACE)).toBe(START + 31 * MINUTE);
  });

  it('never comes before the deadline', () => {
    const listening = heardBut([10 * MINUTE, 11 * MINUTE]);
    expect(dueAt(listening, silence(9 * MINUTE, 24 * 60 * MINUTE), GRACE)).toBe(
      START + 9 * MINUTE + 24 * 60 * MINUTE,
    );
  });

  it('comes once the whole interval was heard in sum, however often hearing was interrupted', () => {
    // Heard for 50 s, then blind for 10 s, again and again: never 5 min without interruption.
    const times = Array.from({ length: 20 }, (_, n): [number, number] => [
      (n + 1) * MINUTE - 10_000,
      (n + 1) * MINUTE,
    ]);
    const listening = heardBut(...times);
    const due = dueAt(listening, silence(0, 6 * MINUTE), GRACE);
    expect(due).toBe(START + 6 * MINUTE + 20 * 10_000);
  });

  it('counts what an older version wrote as not heard', () => {
    const old: Listening = { _id: 'hearing', heard_at: START + MINUTE, again_at: START };
    expect(dueAt(old, silence(-10_000, 20_000), GRACE)).toBe(START + 20_000);
  });
});

describe('foundBroken and heardAgain', () => {
  it('count the time from when events are known to have come', () => {
    const broken = foundBroken(
      { ...firstListening(START), heard_at: START + 50_000 },
      'path',
      START + 20_000,
      START + 50_000,
    );
    expect(broken).toMatchObject({
      broken_since: START + 20_000,
      broken_at: START + 50_000,
      broken_by: 'path',
    });
    const again = heardAgain(broken, START + 20_000, START + 80_000);
    expect(again.broken_since).toBeUndefined();
    expect(blindSince(again, START + 1_000)).toBe(60_000);
    expect(blindSince(again, START + 70_000)).toBe(10_000);
    expect(blindSince(again, START + 80_000)).toBe(0);
  });
});

describe('what is remembered', () => {
  it('stays within bounds, forgets no blindness, and never says less than there was', () => {
    const gaps = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 500_000 }), fc.integer({ min: 1, max: 100_000 })),
      {
        minLength: 250,
        maxLength: 400,
      },
    );
    fc.assert(
      fc.property(gaps, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, share) => {
        let at = 0;
        const times = pairs.map(([heard, blind]): [number, number] => {
          const from = at + heard;
          at = from + blind;
          return [from, at];
        });
        const listening = heardBut(...times);
        expect(listening.blind?.length).toBeLessThanOrEqual(200);
        const since = Math.floor(share * at);
        const real = times.reduce((sum, [from, to]) => sum + Math.max(0, to - Math.max(from, since)), 0);
        expect(blindSince(listening, START + since)).toBeGreaterThanOrEqual(real);
        expect(blindSince(listening, START)).toBe(times.reduce((sum, [from, to]) => sum + to - from, 0));
      }),
      { numRuns: 30 },
    );
  });
});
