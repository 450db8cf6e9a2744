import * as fc from 'fast-check';
import { eventFieldText } from './event-field-text';

describe('the text of an event field', () => {
  it.each<[unknown, string]>([
    ['', ''],
    ['as it is ', 'as it is '],
    [3, '3'],
    [1.5, '1.5'],
    [-0, '0'],
    [-2.25, '-2.25'],
    [1e20, '100000000000000000000'],
    [1e21, '1000000000000000000000'],
    [-1.25e22, '-12500000000000000000000'],
    [1e-6, '0.000001'],
    [1e-7, '0.0000001'],
    [-1.5e-9, '-0.0000000015'],
    [5e-324, `0.${'0'.repeat(323)}5`],
    [Number.MAX_VALUE, `17976931348623157${'0'.repeat(292)}`],
    [true, 'true'],
    [false, 'false'],
    [[], ''],
    [['a', 1, true, 1e21], 'a,1,true,1000000000000000000000'],
    [[[1, 2], [], 3], '1,2,,3'],
  ])('of %j is %j', (value, text) => {
    expect(eventFieldText(value)).toBe(text);
  });

  it.each<[unknown]>([
    [null],
    [undefined],
    [{}],
    [['a', null]],
    [['a', {}]],
    [[['a', [null]]]],
    [Infinity],
    [NaN],
  ])('does not exist for %j', (value) => {
    expect(eventFieldText(value)).toBeUndefined();
  });

  it('does not exist for arrays nested beyond all use, whatever the depth', () => {
    const nested: unknown = JSON.parse('['.repeat(500_000) + ']'.repeat(500_000));
    expect(eventFieldText(nested)).toBeUndefined();
  });

  it('of any finite number is plain decimal, and reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = eventFieldText(value);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
