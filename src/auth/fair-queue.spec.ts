import { FairQueue, URGENT } from './fair-queue';

/** A queue whose tasks end when the test says so, in the order in which they were started. */
class Bench {
  readonly started: string[] = [];
  readonly refused: string[] = [];
  private readonly ends: (() => void)[] = [];

  constructor(private readonly queue: FairQueue) {}

  add(share: string | typeof URGENT, name: string): Promise<void> {
    const task = (): Promise<string> => {
      this.started.push(name);
      return new Promise((resolve) => this.ends.push(() => resolve(name)));
    };
    return this.queue.run(share, task).then((result) => {
      if (result === undefined) {
        this.refused.push(name);
      }
    });
  }

  async endAll(): Promise<void> {
    while (this.ends.length > 0) {
      this.ends.shift()?.();
      await new Promise(setImmediate);
    }
  }
}

const benchOf = (running: number, waiting: number, waitingPerShare: number): Bench =>
  new Bench(new FairQueue({ running, waiting, waitingPerShare }));

describe('FairQueue', () => {
  it('runs as many at once as it may', async () => {
    const bench = benchOf(2, 10, 10);
    const all = ['1', '2', '3'].map((name) => bench.add('a', name));
    expect(bench.started).toEqual(['1', '2']);
    await bench.endAll();
    await Promise.all(all);
    expect(bench.started).toEqual(['1', '2', '3']);
  });

  it('lets shares take turns, and urgent tasks go first', async () => {
    const bench = benchOf(1, 20, 10);
    const all = ['a0', 'a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => bench.add(name.charAt(0), name));
    all.push(bench.add(URGENT, 'u1'), bench.add(URGENT, 'u2'));
    await bench.endAll();
    await Promise.all(all);
    expect(bench.started).toEqual(['a0', 'u1', 'u2', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(bench.refused).toEqual([]);
  });

  it('refuses at once what is too much for a share', async () => {
    const bench = benchOf(1, 10, 2);
    const all = ['a0', 'a1', 'a2'].map((name) => bench.add('a', name));
    await bench.add('a', 'a3');
    expect(bench.refused).toEqual(['a3']);
    await bench.endAll();
    await Promise.all(all);
  });

  it('takes a place from the longest share for a shorter one, its newest first', async () => {
    const bench = benchOf(1, 4, 4);
    const all = ['a0', 'a1', 'a2', 'b1', 'b2', 'c1', 'd1'].map((name) => bench.add(name.charAt(0), name));
    await new Promise(setImmediate);
    expect(bench.refused).toEqual(['a2', 'b2']);
    await bench.add('e', 'e1');
    expect(bench.refused).toEqual(['a2', 'b2', 'e1']);
    await bench.endAll();
    await Promise.all(all);
    expect(bench.started).toEqual(['a0', 'a1', 'b1', 'c1', 'd1']);
  });

  it('takes a place from any share for an urgent task, and refuses it only when all that wait are urgent', async () => {
    const bench = benchOf(1, 2, 2);
    const all = [bench.add('a', 'a0'), bench.add('a', 'a1'), bench.add('b', 'b1')];
    all.push(bench.add(URGENT, 'u1'), bench.add(URGENT, 'u2'));
    await bench.add(URGENT, 'u3');
    await bench.add('c', 'c1');
    expect(bench.refused).toEqual(['a1', 'b1', 'u3', 'c1']);
    await bench.endAll();
    await Promise.all(all);
    expect(bench.started).toEqual(['a0', 'u1', 'u2']);
  });

  it('goes on after a task that fails, at once or later', async () => {
    const queue = new FairQueue({ running: 1, waiting: 5, waitingPerShare: 5 });
    const failing = (): Promise<number> => Promise.reject(new Error('later'));
    const throwing = (): number => {
      throw new Error('at once');
    };
    const [one, two, three] = await Promise.allSettled([
      queue.run('a', failing),
      queue.run('a', throwing),
      queue.run('a', () => 3),
    ]);
    expect([one.status, two.status, three]).toEqual([
      'rejected',
      'rejected',
      { status: 'fulfilled', value: 3 },
    ]);
  });
});
