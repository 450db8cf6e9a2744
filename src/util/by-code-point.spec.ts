import fc from 'fast-check';
import { byCodePoint } from './by-code-point';

describe('byCodePoint', () => {
  it('orders as the bytes of UTF-8 do', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '～', '\u{1F600}', '\u{10FFFF}') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(byCodePoint(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
