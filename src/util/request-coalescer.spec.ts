import { setImmediate } from 'node:timers/promises';
import { RequestCoalescer, type RequestCoalescerLimits } from './request-coalescer';

/** A batch that arrives when the test says so. */
class Batches {
  readonly begun: string[][] = [];
  private readonly arrivals: ((error?: Error) => void)[] = [];
  readonly coalescer: RequestCoalescer<string, string>;

  constructor(limits: Partial<RequestCoalescerLimits<string>> = {}) {
    this.coalescer = new RequestCoalescer(
      (items) => {
        this.begun.push(items);
        return new Promise((resolve, reject) => {
          this.arrivals.push((error) =>
            error ? reject(error) : resolve(items.map((item) => item.toUpperCase())),
          );
        });
      },
      { maxInFlight: 1, maxBatchSize: 10, timeoutMs: 60_000, ...limits },
    );
  }

  async arrive(error?: Error): Promise<void> {
    this.arrivals.shift()?.(error);
    await turn();
  }
}

/** Two: what is sent at the end of a turn has been. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 2; turns += 1) await setImmediate();
}

describe('RequestCoalescer', () => {
  it('sends in one batch what comes in one turn, and in another what comes meanwhile', async () => {
    const batches = new Batches();
    const first = ['a', 'b'].map((item) => batches.coalescer.run(item));
    await turn();
    expect(batches.begun).toEqual([['a', 'b']]);
    const all = Promise.all([...first, ...['c', 'd'].map((item) => batches.coalescer.run(item))]);
    await turn();
    expect(batches.begun).toEqual([['a', 'b']]);
    await batches.arrive();
    expect(batches.begun).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    await batches.arrive();
    await expect(all).resolves.toEqual(['A', 'B', 'C', 'D']);
  });

  it('has so many batches under way at once, each of so many items', async () => {
    const batches = new Batches({ maxInFlight: 2, maxBatchSize: 2 });
    const all = Promise.all([...'abcdefg'].map((item) => batches.coalescer.run(item)));
    await turn();
    expect(batches.begun).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    for (let batch = 0; batch < 4; batch += 1) await batches.arrive();
    await expect(all).resolves.toEqual([...'ABCDEFG']);
    expect(batches.begun.slice(2)).toEqual([['e', 'f'], ['g']]);
  });

  it('tells the error of a batch to those in it alone', async () => {
    const batches = new Batches();
    const first = batches.coalescer.run('a');
    await turn();
    const second = batches.coalescer.run('b');
    const refused = expect(first).rejects.toThrow('lost');
    await batches.arrive(new Error('lost'));
    await refused;
    await batches.arrive();
    await expect(second).resolves.toBe('B');
  });

  it('does not wait for ever for a batch that never comes back', async () => {
    const batches = new Batches({ timeoutMs: 50 });
    await expect(batches.coalescer.run('a')).rejects.toThrow('no answer within 50 ms');
    const next = batches.coalescer.run('b');
    await turn();
    expect(batches.begun).toEqual([['a'], ['b']]);
    await batches.arrive();
    await batches.arrive();
    await expect(next).resolves.toBe('B');
  });

  it('does not send what its caller has given up', async () => {
    const batches = new Batches({ timeoutMs: 0 });
    const late = expect(batches.coalescer.run('a')).rejects.toThrow('waited too long');
    await late;
    expect(batches.begun).toEqual([]);
  });
});
