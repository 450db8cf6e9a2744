import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { Pattern, canonicalForm, isPattern, patternKey } from './pattern';

/** Characters that quoting, sorting and joining could trip over. */
const tricky = fc.string({
  unit: fc.constantFrom('a', 'b', '"', '\\', ',', ':', '[', ']', '\u{1F600}', '\uFF5E', ' '),
  maxLength: 4,
});
const anyText = fc.oneof(tricky, fc.string({ unit: 'binary' }));
const anyPattern: fc.Arbitrary<Pattern> = fc.dictionary(anyText, anyText, { minKeys: 1, maxKeys: 4 });

const shuffled = (pattern: Pattern): fc.Arbitrary<Pattern> =>
  fc
    .shuffledSubarray(Object.entries(pattern), { minLength: Object.keys(pattern).length })
    .map((entries) => Object.fromEntries(entries));

describe('canonicalForm', () => {
  it('is the same for two patterns exactly if they are equal', () => {
    // Patterns of few texts are often equal.
    const few = fc.dictionary(fc.constantFrom('a', 'b', 'ab'), fc.constantFrom('', 'a', 'b', 'ab'), {
      minKeys: 1,
    });
    for (const some of [few, anyPattern]) {
      fc.assert(
        fc.property(some, some, (one, other) => {
          const equal = isDeepStrictEqual({ ...one }, { ...other });
          expect(canonicalForm(one) === canonicalForm(other)).toBe(equal);
          expect(patternKey(one) === patternKey(other)).toBe(equal);
        }),
      );
    }
  });

  it('does not depend on the order of the keys', () => {
    const pairs = anyPattern.chain((pattern) => fc.tuple(fc.constant(pattern), shuffled(pattern)));
    fc.assert(fc.property(pairs, ([one, other]) => expect(canonicalForm(one)).toBe(canonicalForm(other))));
  });

  it('differs with any one change of a key or a value', () => {
    fc.assert(
      fc.property(anyPattern, fc.nat(), anyText, anyText, (pattern, place, key, value) => {
        const keys = Object.keys(pattern);
        const gone = keys[place % keys.length];
        const others = Object.fromEntries(Object.entries(pattern).filter(([name]) => name !== gone));
        const changed = { ...others, [key]: value };
        const equal = isDeepStrictEqual({ ...changed }, { ...pattern });
        expect(canonicalForm(changed) === canonicalForm(pattern)).toBe(equal);
      }),
    );
  });

  it.each<[Pattern, Pattern]>([
    [{ a: 'b', c: 'd' }, { a: 'b.c:d' }],
    [{ ab: 'c' }, { a: 'bc' }],
    [{ a: 'b","c":"d' }, { a: 'b', c: 'd' }],
    [{ a: '"],["b","c' }, { a: '', b: 'c' }],
    [{ a: '' }, { '': 'a' }],
    [{ '\u00e9': 'x' }, { 'e\u0301': 'x' }],
    [{ a: '1' }, { a: '1 ' }],
    [{ a: 'x' }, { A: 'x' }],
  ])('tells %j from %j', (one, other) => expect(canonicalForm(one)).not.toBe(canonicalForm(other)));
});

describe('patternKey', () => {
  it('is short, whatever the length of the pattern', () => {
    expect(patternKey({ a: 'x'.repeat(1_000_000) })).toMatch(/^[\w-]{43}$/);
  });
});

describe('isPattern', () => {
  it.each<[unknown]>([
    [{ a: 'b' }],
    [{ a: '' }],
    [{ constructor: 'x', toString: 'y', _bsontype: 'z', hasOwnProperty: '' }],
    [{ a$: '$', ' ': '.', '\u0001': '\0' }],
    [{ '😀': '😀' }],
  ])('takes %j', (value) => expect(isPattern(value)).toBe(true));

  it.each([
    ...[
      undefined,
      null,
      1,
      'a',
      true,
      [],
      ['a'],
      {},
      { a: 1 },
      { a: null },
      { a: undefined },
      { a: {} },
      { a: ['b'] },
    ],
    ...[{ '': 'a' }, { '.': 'a' }, { 'a.b': 'c' }, { $a: 'b' }, { $: 'b' }, { 'a\0': 'b' }],
    ...[{ a: '\ud800' }, { '\udc00': 'a' }],
    JSON.parse('{"__proto__":"a"}') as unknown,
    JSON.parse('{"a":"b","__proto__":{"c":"d"}}') as unknown,
  ])('refuses %j', (value) => expect(isPattern(value)).toBe(false));
});
