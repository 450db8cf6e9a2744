import * as fc from 'fast-check';
import { HashIndex } from './hash-index';

describe('HashIndex', () => {
  it('holds what a Map holds, through any sets and deletes, also of hashes that share their low bits', () => {
    const hash = fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: -20, max: 20 }).map((high) => (high << 20) | 0),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    );
    // 0 and 1 are one and the same to the index; its user compares what it finds.
    const step = fc.tuple(
      fc.constantFrom('set', 'set', 'delete'),
      hash.filter((value) => value !== 0),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const index = new HashIndex<number>();
        const model = new Map<number, number>();
        steps.forEach(([act, hash], i) => {
          if (act === 'set') {
            index.set(hash, i);
            model.set(hash, i);
          } else {
            index.delete(hash);
            model.delete(hash);
          }
          expect(index.size).toBe(model.size);
        });
        for (const [, hash] of steps) expect(index.get(hash)).toBe(model.get(hash));
      }),
      { numRuns: 500 },
    );
  });

  it('has a place for the hash 0', () => {
    const index = new HashIndex<string>();
    index.set(0, 'zero');
    expect(index.get(0)).toBe('zero');
    index.delete(0);
    expect([index.get(0), index.size]).toEqual([undefined, 0]);
  });

  it('does not fill up with what was deleted', () => {
    const index = new HashIndex<number>();
    index.set(-1, -1);
    for (let hash = 1; hash <= 100_000; hash++) {
      index.set(hash, hash);
      index.delete(hash);
    }
    expect([index.size, index.get(-1), index.get(7)]).toEqual([1, -1, undefined]);
  });
});
