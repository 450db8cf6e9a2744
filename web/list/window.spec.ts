import { indexesOf, movedBy, pagesOf, rangeOf } from './window';

describe('the window over the list', () => {
  const seen = { height: 500, rowHeight: 50, total: 10_000 };

  it('has the rows that are to be seen, and a few more', () => {
    expect(rangeOf({ ...seen, above: 5_000 })).toEqual({ first: 94, end: 116 });
  });

  it('ends where the list does', () => {
    expect(rangeOf({ ...seen, above: -200 })).toEqual({ first: 0, end: 12 });
    expect(rangeOf({ ...seen, above: 499_500 })).toEqual({ first: 9_984, end: 10_000 });
    expect(rangeOf({ ...seen, above: 0, total: 0 })).toEqual({ first: 0, end: 0 });
  });

  it('keeps the row with the focus, wherever it is', () => {
    expect(indexesOf({ first: 5, end: 8 }, 0, 100)).toEqual([0, 5, 6, 7]);
    expect(indexesOf({ first: 5, end: 8 }, 99, 100)).toEqual([5, 6, 7, 99]);
    expect(indexesOf({ first: 5, end: 8 }, 6, 100)).toEqual([5, 6, 7]);
    expect(indexesOf({ first: 5, end: 8 }, 100, 100)).toEqual([5, 6, 7]);
  });

  it('knows its pages', () => {
    expect(pagesOf({ first: 0, end: 0 }, 100)).toEqual([1]);
    expect(pagesOf({ first: 0, end: 100 }, 100)).toEqual([1]);
    expect(pagesOf({ first: 99, end: 101 }, 100)).toEqual([1, 2]);
  });

  it.each([
    ['ArrowDown', 5, 6],
    ['ArrowUp', 0, 0],
    ['PageDown', 95, 99],
    ['PageUp', 50, 40],
    ['Home', 50, 0],
    ['End', 0, 99],
    ['x', 5, undefined],
  ])('%s moves from %d to %p', (key, from, to) => {
    expect(movedBy(key, from, 10, 100)).toBe(to);
  });
});
