import fc from 'fast-check';
import { MAX_SEARCH_LENGTH, containing } from './search';

const finds = (text: string, inside: string): boolean => new RegExp(containing(text)).test(inside);
const anyText = fc.string({ unit: 'binary' });

describe('containing', () => {
  it('finds a text in any other that holds it', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (before, text, after) => finds(text, before + text + after)),
    );
  });

  it('takes every text literally', () => {
    const special = fc.string({ unit: fc.constantFrom(...'.*+?^${}()|[]\\/-=!<>:a1') });
    fc.assert(fc.property(special, special, (text, inside) => finds(text, inside) === inside.includes(text)));
  });

  it('finds NUL, and has none in it, which MongoDB would refuse', () => {
    expect(finds('a\0b', '-A\0B-')).toBe(true);
    expect(finds('\0', 'x00')).toBe(false);
    expect(containing('a\0b')).not.toContain('\0');
  });

  it.each([
    ['été', 'ÉTÉ'],
    ['ПРИВЕТ', 'привет'],
    ['straße', 'STRASSE'],
    ['𐐀', '𐐨'],
    ['ǆ', 'Ǆ'],
  ])('finds %s in %s', (text, inside) => expect(finds(text, inside)).toBe(true));

  it('tells letters from letters with marks', () => expect(finds('ete', 'été')).toBe(false));

  it('stays below what MongoDB takes for a regular expression, whatever characters it is made of', () => {
    const bytesOf = (character: string): number =>
      Buffer.byteLength(containing(character)) * Math.floor(MAX_SEARCH_LENGTH / character.length);
    // Beyond these no character has another case.
    const all = Array.from({ length: 0x1_f000 }, (_, code) => String.fromCodePoint(code));
    expect(all.reduce((most, character) => Math.max(most, bytesOf(character)), 0)).toBeLessThan(32_764);
  });
});
