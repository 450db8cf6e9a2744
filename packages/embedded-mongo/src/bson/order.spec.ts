import { Binary, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';
import { compare, emptyArray, equal, keyOf, resolvePath } from './order';

const decimals = fc
  .tuple(
    fc.oneof(
      fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
      fc.bigInt({ min: -20n, max: 20n }),
    ),
    fc.oneof(fc.integer({ min: -40, max: 5 }), fc.integer({ min: -280, max: 270 })),
  )
  .map(([digits, exponent]) => Decimal128.fromString(`${digits}E${exponent}`));

const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.constantFrom<unknown>(
      null,
      undefined,
      true,
      false,
      NaN,
      Infinity,
      -Infinity,
      -0,
      new MinKey(),
      new MaxKey(),
    ),
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer({ min: -5, max: 5 }).map((number) => new Double(number)),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.date({ noInvalidDate: true }),
    decimals,
    fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
    fc.uint8Array({ maxLength: 3 }).map((bytes) => new Binary(bytes)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'a\0'), tie('value')),
  ),
})).value;

describe('the order of values', () => {
  it('puts types in the order of the manual', () => {
    const ordered = [
      new MinKey(),
      emptyArray,
      null,
      NaN,
      -Infinity,
      Long.MIN_VALUE.toBigInt(),
      -1.5,
      0,
      new Double(1),
      9007199254740992,
      9007199254740993n,
      Infinity,
      '',
      'a',
      'a\0',
      'b',
      '\uffff',
      '\u{1f600}',
      {},
      { a: 1 },
      { a: 1, b: 1 },
      { b: 0 },
      { a: 'x' },
      [0],
      [0, 1],
      new Binary(Buffer.from('zz')),
      new Binary(Buffer.from('aaa')),
      new ObjectId('000000000000000000000001'),
      false,
      true,
      new Date(-1),
      new Date(0),
      new Timestamp({ t: 1, i: 1 }),
      new MaxKey(),
    ];
    for (let at = 1; at < ordered.length; at++) {
      expect([at, compare(ordered[at - 1], ordered[at]) < 0]).toEqual([at, true]);
      expect([at, Buffer.compare(keyOf(ordered[at - 1]), keyOf(ordered[at]))]).toEqual([at, -1]);
    }
  });

  it('compares keys as it compares values, and no key begins another', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [keyA, keyB] = [keyOf(a), keyOf(b)];
        expect(Math.sign(Buffer.compare(keyA, keyB))).toBe(Math.sign(compare(a, b)) + 0);
        const begins = keyB.subarray(0, keyA.length).equals(keyA);
        expect(begins).toBe(equal(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it('holds numbers equal whatever their type, and documents only in the same order', () => {
    expect(equal(1, 1n)).toBe(true);
    expect(equal(new Double(5), Decimal128.fromString('5.00'))).toBe(true);
    expect(equal(5, Decimal128.fromString('5.000000000000000000000000001'))).toBe(false);
    expect(equal({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(false);
  });

  it('compares Decimal128 by all their digits, and doubles with them by 34', () => {
    const ordered: unknown[][] = [
      [-Infinity, Decimal128.fromString('-Infinity')],
      [-1, Decimal128.fromString('-1.0')],
      [-5e-324],
      [0, -0, 0n, Decimal128.fromString('0.00'), Decimal128.fromString('-0'), Decimal128.fromString('0E+3')],
      [Decimal128.fromString('4E-324')],
      [5e-324],
      [Decimal128.fromString('0.09999999999999999999999999999999999')],
      [Decimal128.fromString('0.1')],
      [Decimal128.fromString('0.1000000000000000000001')],
      [0.1, Decimal128.fromString('0.1000000000000000055511151231257827')],
      [Decimal128.fromString('0.1000000000000000055511151231257828')],
      [2.5, Decimal128.fromString('2.50')],
      [9007199254740992n, Decimal128.fromString('9007199254740992')],
      [Decimal128.fromString('9007199254740992.5')],
      [9007199254740993n, Decimal128.fromString('9007199254740993')],
      [Decimal128.fromString('9007199254740993.00001')],
      [9007199254740994n],
      [Decimal128.fromString('99999999999999999999990000000000')],
      [Decimal128.fromString('99999999999999999999999999999999')],
      [Decimal128.fromString('1E+32')],
      [Decimal128.fromString('100000000000000000000000000000001')],
      [1e32, Decimal128.fromString('100000000000000005366162204393472')],
      [Infinity, Decimal128.fromString('Infinity')],
    ];
    const row = ordered.flatMap((same, place) => same.map((value) => ({ value, place })));
    for (const a of row)
      for (const b of row)
        expect([a, b, Math.sign(compare(a.value, b.value)) + 0]).toEqual([
          a,
          b,
          Math.sign(a.place - b.place),
        ]);
    for (const text of ['1E-330', '1E+400']) expect(() => keyOf(Decimal128.fromString(text))).toThrow(text);
  });

  it('resolves paths through arrays', () => {
    const document = { a: [{ b: 1 }, { b: [2, 3] }, 4, {}], c: { d: { e: 5 } } };
    expect(resolvePath(document, ['a', 'b'])).toEqual([1, [2, 3], undefined]);
    expect(resolvePath(document, ['a', '0', 'b'])).toEqual([1]);
    expect(resolvePath(document, ['c', 'd', 'e'])).toEqual([5]);
    expect(resolvePath(document, ['c', 'x', 'e'])).toEqual([undefined]);
  });
});
