import { Together, type TogetherLimits } from './together';

/** A trip that arrives when the test says so. */
class Trips {
  readonly begun: string[][] = [];
  private readonly arrivals: ((error?: Error) => void)[] = [];
  readonly together: Together<string, string>;

  constructor(limits: Partial<TogetherLimits> = {}) {
    this.together = new Together(
      (items) => {
        this.begun.push(items);
        return new Promise((resolve, reject) => {
          this.arrivals.push((error) =>
            error ? reject(error) : resolve(items.map((item) => item.toUpperCase())),
          );
        });
      },
      { trips: 1, items: 10, patienceMs: 60_000, ...limits },
    );
  }

  async arrive(error?: Error): Promise<void> {
    this.arrivals.shift()?.(error);
    await new Promise(setImmediate);
  }
}

describe('Together', () => {
  it('sends the first at once, and those that come meanwhile on one trip', async () => {
    const trips = new Trips();
    const all = Promise.all(['a', 'b', 'c'].map((item) => trips.together.run(item)));
    expect(trips.begun).toEqual([['a']]);
    await trips.arrive();
    expect(trips.begun).toEqual([['a'], ['b', 'c']]);
    await trips.arrive();
    await expect(all).resolves.toEqual(['A', 'B', 'C']);
  });

  it('has so many trips under way at once, each of so many items', async () => {
    const trips = new Trips({ trips: 2, items: 2 });
    const all = Promise.all([...'abcdefg'].map((item) => trips.together.run(item)));
    expect(trips.begun).toEqual([['a'], ['b']]);
    for (let trip = 0; trip < 5; trip += 1) await trips.arrive();
    await expect(all).resolves.toEqual([...'ABCDEFG']);
    expect(trips.begun.slice(2)).toEqual([['c', 'd'], ['e', 'f'], ['g']]);
  });

  it('tells the error of a trip to those on it alone', async () => {
    const trips = new Trips();
    const [first, second] = ['a', 'b'].map((item) => trips.together.run(item));
    const refused = expect(first).rejects.toThrow('lost');
    await trips.arrive(new Error('lost'));
    await refused;
    await trips.arrive();
    await expect(second).resolves.toBe('B');
  });

  it('does not wait for ever for a trip that never comes back', async () => {
    const trips = new Trips({ patienceMs: 50 });
    await expect(trips.together.run('a')).rejects.toThrow('no answer within 50 ms');
    const next = trips.together.run('b');
    expect(trips.begun).toEqual([['a'], ['b']]);
    await trips.arrive();
    await trips.arrive();
    await expect(next).resolves.toBe('B');
  });

  it('does not send what its caller has given up', async () => {
    const trips = new Trips({ patienceMs: 0 });
    const late = expect(trips.together.run('a')).rejects.toThrow('waited too long');
    await late;
    expect(trips.begun).toEqual([]);
  });
});
