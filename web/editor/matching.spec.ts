import { matches } from './matching';

describe('a pattern', () => {
  it.each<[unknown, string]>([
    ['a', 'a'],
    ['', ''],
    [3, '3'],
    [1.5, '1.5'],
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [-1.25e22, '-12500000000000000000000'],
    [-1.5e-9, '-0.0000000015'],
    [true, 'true'],
    [['a', 1, [2, 3]], 'a,1,2,3'],
  ])('matches %j as %j', (value, text) => {
    expect(matches({ field: text }, { field: value })).toBe(true);
  });

  it.each<[unknown, string]>([
    [null, 'null'],
    [{}, '[object Object]'],
    [['a', null], 'a,'],
    [Infinity, 'Infinity'],
    ['A', 'a'],
  ])('does not match %j as %j', (value, text) => {
    expect(matches({ field: text }, { field: value })).toBe(false);
  });

  it('needs all of its fields, of the event itself', () => {
    expect(matches({ a: '1', b: '2' }, { a: '1', b: '2', c: '3' })).toBe(true);
    expect(matches({ a: '1', b: '2' }, { a: '1' })).toBe(false);
    expect(matches({ toString: '1' }, {})).toBe(false);
  });
});
