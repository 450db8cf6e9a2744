import { Logger } from '@nestjs/common';
import type { Model } from 'mongoose';
import { DatabaseError } from '../canopsis/canopsis-error';
import { HeartbeatCollection } from './heartbeat-collection';
import type { Heartbeat } from './heartbeat.schema';

describe('the collection of a database that is away', () => {
  afterEach(() => jest.restoreAllMocks());

  it('says so once a second, wherever the wall clock is set', async () => {
    const db = { on: () => undefined, asPromise: () => Promise.reject(new Error('away')) };
    const clock = { now: () => 0, monotonic: () => 0 };
    const heartbeats = new HeartbeatCollection({ db } as unknown as Model<Heartbeat>, clock);
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    // Whole milliseconds: differences of fractions are not exact.
    const [wall, monotonic] = [Date.now(), Math.round(performance.now())];
    const said = async (wallMs: number, monotonicMs: number): Promise<number> => {
      jest.spyOn(Date, 'now').mockReturnValue(wall + wallMs);
      jest.spyOn(performance, 'now').mockReturnValue(monotonic + monotonicMs);
      await expect(heartbeats.run(() => Promise.resolve())).rejects.toThrow(DatabaseError);
      return warn.mock.calls.length;
    };
    expect(await said(0, 0)).toBe(1);
    expect(await said(3_600_000, 10)).toBe(1);
    expect(await said(-3_600_000, 1_000)).toBe(2);
  });
});
