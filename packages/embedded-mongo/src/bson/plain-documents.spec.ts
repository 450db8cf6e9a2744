import { BSON, Double } from 'bson';
import fc from 'fast-check';
import { decode, encode } from './documents';
import { CommandError } from '../errors';
import { decodePlain } from './plain-documents';

const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\ufffd'));
const name = text.filter((each) => !/^[0-9$]|\0|^__proto__$/.test(each));
const double = fc.oneof(
  fc.double().map((value) => new Double(value)),
  fc.integer().map((value) => new Double(value)),
  fc.constantFrom(-0, NaN, 1_795_000_000_000),
);
const { value } = fc.letrec<{ value: unknown; fields: object }>((tie) => ({
  fields: fc.dictionary(name, tie('value'), { maxKeys: 5 }).map((fields) => ({ ...fields })),
  value: fc.oneof(
    { maxDepth: 4 },
    ...[double, fc.integer(), text, fc.boolean(), fc.constant(null)],
    ...[tie('fields'), fc.array(tie('value'), { maxLength: 4 })],
  ),
}));
const bytes = fc.dictionary(name, value, { maxKeys: 8 }).map((fields) => encode({ ...fields }));

/** What the library makes of these bytes, as bytes. */
const again = (raw: Buffer): Buffer =>
  Buffer.from(BSON.serialize(BSON.deserialize(raw, { promoteValues: false, bsonRegExp: true })));

describe('a document of plain values', () => {
  it('is decoded without the library, and encoded to the same bytes again', () => {
    const same = (raw: Buffer): void => {
      const document = decodePlain(raw);
      expect(document).toBeDefined();
      expect(encode(document ?? {}).toString('hex')).toBe(raw.toString('hex'));
    };
    fc.assert(fc.property(bytes, same), { numRuns: 2_000 });
  });

  it('is what the library makes of it, whatever one of its bytes is', () => {
    const same = (raw: Buffer, at: number, byte: number): void => {
      const broken = Buffer.from(raw);
      broken[at % raw.length] = byte;
      let document;
      try {
        document = decodePlain(broken);
      } catch (error) {
        expect(error).toBeInstanceOf(CommandError);
        expect(() => again(broken)).toThrow();
      }
      if (document) expect(encode(document).toString('hex')).toBe(again(broken).toString('hex'));
    };
    fc.assert(fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 255 }), same), { numRuns: 5_000 });
  });

  it.each<[string, object]>([
    ['an int64', { a: 1n }],
    ['a date', { a: [new Date(0)] }],
    ['an operator', { a: { $max: 1 } }],
    ['a name like a number', { a: { 7: 1 } }],
    ['the character for what is no UTF-8', { a: '\ufffd' }],
  ])('is left to the library where it has %s', (_what, fields) => {
    const raw = encode(fields);
    expect(decodePlain(raw)).toBeUndefined();
    expect(encode(decode(raw)).equals(raw)).toBe(true);
  });
});
