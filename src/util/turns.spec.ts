import { Turns } from './turns';

/** Work that ends when it is told to. */
function held(): { work: () => Promise<string>; end: (error?: Error) => void; begun: () => boolean } {
  let begun = false;
  let settle: (error?: Error) => void = () => undefined;
  const done = new Promise<string>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve('done'));
  });
  return {
    work: () => {
      begun = true;
      return done;
    },
    end: (error) => settle(error),
    begun: () => begun,
  };
}
const turns = (): Turns => new Turns(2, (error) => (error as Error).message === 'all');

describe('turns', () => {
  it('let so many work at once, and the others in the order in which they came', async () => {
    const inTurn = turns();
    const all = [held(), held(), held(), held()];
    const results = all.map(({ work }) => inTurn.run(work));
    expect(all.map(({ begun }) => begun())).toEqual([true, true, false, false]);
    all[1]?.end();
    expect(await results[1]).toBe('done');
    expect(all.map(({ begun }) => begun())).toEqual([true, true, true, false]);
    all[0]?.end(new Error('alone'));
    await expect(results[0]).rejects.toThrow('alone');
    expect(all[3]?.begun()).toBe(true);
    for (const { end } of all) end();
    expect(await Promise.all(results.slice(1))).toEqual(['done', 'done', 'done']);
    expect(await inTurn.run(() => Promise.resolve('later'))).toBe('later');
  });

  it('let those that wait fail at once with what concerns all, and others work afterwards', async () => {
    const inTurn = turns();
    const all = [held(), held(), held()];
    const results = all.map(({ work }) => inTurn.run(work));
    const failures = Promise.allSettled(results);
    all[0]?.end(new Error('all'));
    await expect(results[2]).rejects.toThrow('all');
    expect(all[2]?.begun()).toBe(false);
    all[1]?.end();
    expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    const [a, b, c] = [held(), held(), held()];
    const more = [a, b, c].map(({ work }) => inTurn.run(work));
    expect([a, b, c].map(({ begun }) => begun())).toEqual([true, true, false]);
    for (const { end } of [a, b, c]) end();
    expect(await Promise.all(more)).toEqual(['done', 'done', 'done']);
  });
});
