import { Logger } from '@nestjs/common';
import { DatabaseError } from '../canopsis/canopsis-error';
import { CallGuard } from './call-guard';

let reason = 'away';
const away = new CallGuard({ isOpen: false, open: () => Promise.reject(new Error(reason)) });
const there = new CallGuard({ isOpen: true, open: () => Promise.resolve() });

describe('a call of the database', () => {
  beforeEach(() => (reason = 'away'));
  afterEach(() => jest.restoreAllMocks());

  it('that is away is told of once a minute, another reason a second later, wherever the wall clock is set', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    // Whole milliseconds: differences of fractions are not exact.
    const [wall, monotonic] = [Date.now(), Math.round(performance.now())];
    const said = async (wallMs: number, monotonicMs: number): Promise<number> => {
      jest.spyOn(Date, 'now').mockReturnValue(wall + wallMs);
      jest.spyOn(performance, 'now').mockReturnValue(monotonic + monotonicMs);
      await expect(away.run(() => Promise.resolve())).rejects.toThrow(DatabaseError);
      return warn.mock.calls.length;
    };
    expect(await said(0, 0)).toBe(1);
    expect(await said(3_600_000, 10)).toBe(1);
    expect(await said(-3_600_000, 59_999)).toBe(1);
    expect(await said(-3_600_000, 60_000)).toBe(2);
    reason = 'slow';
    expect(await said(0, 60_999)).toBe(2);
    expect(await said(0, 61_000)).toBe(3);
  });

  it('is not made while the gate is closed', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const operation = jest.fn(() => Promise.resolve());
    await expect(away.run(operation)).rejects.toMatchObject({ cause: new Error('away') });
    expect(operation).not.toHaveBeenCalled();
  });

  it('that a unique index refuses is told in the words of the driver', async () => {
    const refusal = Object.assign(new Error('E11000'), { code: 11000 });
    await expect(there.run(() => Promise.reject(refusal))).rejects.toBe(refusal);
  });

  it('within another one fails once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const inner = (): Promise<never> => there.run(() => Promise.reject(new Error('lost')));
    await expect(there.run(inner)).rejects.toMatchObject({ cause: new Error('lost') });
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
