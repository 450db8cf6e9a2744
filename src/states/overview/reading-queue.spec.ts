import { DatabaseError } from '../../canopsis/canopsis-error';
import { ReadingQueue, inTime } from './reading-queue';

describe('ReadingQueue', () => {
  it('does one reading at a time, in the order in which they were asked for', async () => {
    const queue = new ReadingQueue(() => Promise.resolve());
    const order: string[] = [];
    let end = (): void => undefined;
    const first = queue.add(async () => {
      await new Promise<void>((resolve) => (end = resolve));
      order.push('first');
    });
    const second = queue.add(() => Promise.resolve(order.push('second')));
    await Promise.resolve();
    expect([queue.busy, order]).toEqual([true, []]);
    end();
    await Promise.all([first, second]);
    expect([queue.busy, order]).toEqual([false, ['first', 'second']]);
  });

  it('goes on after a reading that failed', async () => {
    const queue = new ReadingQueue(() => Promise.resolve());
    const failed = queue.add(() => Promise.reject(new Error('away')));
    await expect(failed).rejects.toThrow('away');
    await expect(queue.add(() => Promise.resolve(7))).resolves.toBe(7);
  });

  it('shares one reading between those who come together, and tells all of them that it failed', async () => {
    let readings = 0;
    const queue = new ReadingQueue(() => {
      readings += 1;
      return Promise.reject(new DatabaseError('away'));
    });
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => queue.refreshed()));
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    // The one that the first began, and one that began after all had come.
    expect(readings).toBeLessThanOrEqual(2);
  });

  it('says of what takes too long that the database does not answer', async () => {
    await expect(inTime(1, new Promise(() => undefined))).rejects.toBeInstanceOf(DatabaseError);
    await expect(inTime(1_000, Promise.resolve(7))).resolves.toBe(7);
    await expect(inTime(1_000, Promise.reject(new RangeError('mine')))).rejects.toBeInstanceOf(RangeError);
  });
});
