import { CappedMap } from './capped-map';

describe('CappedMap', () => {
  it('forgets the oldest beyond its capacity', () => {
    const map = new CappedMap<string, number>(2);
    map.set('a', 1).set('b', 2).set('c', 3);
    expect([...map]).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('keeps what was set again, with its new value', () => {
    const map = new CappedMap<string | undefined, number>(2);
    map.set(undefined, 1).set('b', 2).set(undefined, 3).set('c', 4);
    expect([...map]).toEqual([
      [undefined, 3],
      ['c', 4],
    ]);
  });
});
