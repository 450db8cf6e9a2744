import * as fc from 'fast-check';
import { elementTexts, withMember } from './json-text';

/** A JSON value as text, with spaces, escapes and numbers as other programs write them. */
const space = fc.constantFrom('', '', ' ', '\n', '\t', ' \r\n ');
const escaped = (text: string): string =>
  [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const string = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc.constantFrom('"source_type"', `"${escaped('source_type')}"`, '"\\""', '"\\\\"', '"}],{["', '"\\ud800"'),
);
const number = fc.constantFrom('18446744073709551615', '1.0', '1e400', '-0', '0.1E-3', '12', '-1.50');
const { value } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    string,
    number,
    fc.constantFrom('true', 'false', 'null'),
    tie('array'),
    tie('object'),
  ),
  array: fc.tuple(fc.array(spaced(tie('value'))), space).map(([items, gap]) => `[${items.join(',') || gap}]`),
  object: objectOf(string, tie('value')),
}));

function spaced(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(space, text, space).map((parts) => parts.join(''));
}

function objectOf(names: fc.Arbitrary<string>, values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const members = fc.array(fc.tuple(spaced(names), spaced(values)));
  return fc
    .tuple(members, space)
    .map(([list, gap]) => `{${list.map((member) => member.join(':')).join(',') || gap}}`);
}

describe('elementTexts', () => {
  it('gives each element as it was written', () => {
    expect(elementTexts(' [ 1.0 ,"a,]\\"" , {"b":[1e400, {}]},\n[ ],true ]\n')).toEqual([
      '1.0',
      '"a,]\\""',
      '{"b":[1e400, {}]}',
      '[ ]',
      'true',
    ]);
    expect(elementTexts('[ ]')).toEqual([]);
  });

  it('does so whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(value), space, (texts, gap) => {
        const array = `${gap}[${gap}${texts.join(`${gap},${gap}`)}${gap}]${gap}`;
        expect(elementTexts(array)).toEqual(texts);
      }),
    );
  });
});

describe('withMember', () => {
  it.each([
    ['{}', '{"a":2}'],
    ['{ }', '{"a":2 }'],
    ['{"b":1.0}', '{"b":1.0,"a":2}'],
    ['{"b":1.0 }', '{"b":1.0,"a":2 }'],
    ['{"a":1e400}', '{"a":2}'],
    [' { "a" : 1 , "b" : 18446744073709551615 } ', ' { "a" : 2 , "b" : 18446744073709551615 } '],
    ['{"\\u0061":{"a":1},"b":[],"a":"}"}', '{"\\u0061":2,"b":[],"a":2}'],
    ['{"b":{"a":1},"c":"\\"a\\":1"}', '{"b":{"a":1},"c":"\\"a\\":1","a":2}'],
    ['{"A":1,"aa":1,"":1}', '{"A":1,"aa":1,"":1,"a":2}'],
  ])('%s', (object, expected) => {
    expect(withMember(object, 'a', '2')).toBe(expected);
  });

  it('sets the member for every reader, and changes nothing else', () => {
    fc.assert(
      fc.property(spaced(objectOf(string, value)), (object) => {
        const name = 'source_type';
        const before = JSON.parse(object) as Record<string, unknown>;
        const text = withMember(object, name, '"resource"');
        expect(JSON.parse(text)).toEqual({ ...before, [name]: 'resource' });
        // A second time it finds what it has set, in each place.
        expect(withMember(text, name, '"resource"')).toBe(text);
        if (!Object.hasOwn(before, name)) expect(text.replace(/,?"source_type":"resource"/, '')).toBe(object);
      }),
    );
  });
});
