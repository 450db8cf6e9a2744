import { BSON, ObjectId } from 'bson';
import fc from 'fast-check';
import { decode, encode, encodeChanged } from './documents';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'deadline', '1', 'é', '\u00e9\u0301'),
  fc.string({ maxLength: 3 }),
);
const fieldName = name.filter((text) => !text.includes('\0') && text !== '__proto__');
const double = fc.oneof(fc.double(), fc.constantFrom(-0, NaN, 2 ** 31, 1.5, 1_795_000_000_000));
const value = fc.oneof(double, double, fc.integer(), fc.string(), fc.constant(null), fc.constant([1, 2.5]));
const document = fc.dictionary(fieldName, value, { maxKeys: 8 });

describe('a document that an update changed', () => {
  it('is encoded to the same bytes whether or not what it was before is made use of', () => {
    const same = (fields: object, changes: object, gone: string[]): void => {
      const raw = encode(fields);
      const before = decode(raw);
      const after: Record<string, unknown> = { ...before, ...decode(encode(changes)) };
      for (const field of gone) delete after[field];
      expect(encodeChanged(raw, before, after).equals(encode(after))).toBe(true);
    };
    fc.assert(fc.property(document, document, fc.array(fieldName, { maxLength: 2 }), same), {
      numRuns: 2_000,
    });
  });

  it('keeps the bytes that it was made of', () => {
    const raw = encode({ _id: 'h1', deadline: 1_795_000_000_000, last_event: 1.5, outbox: [] });
    const copy = Buffer.from(raw);
    const before = decode(raw);
    const changed = encodeChanged(raw, before, { ...before, deadline: 1_795_000_000_001 });
    expect(raw.equals(copy)).toBe(true);
    expect(decode(changed)).toEqual({ ...before, deadline: 1_795_000_000_001 });
  });

  it('writes into the field of that name alone, whatever its bytes are in another encoding', () => {
    const raw = encode({ _id: 1, é: 'hello world!', 'Ã©': 2.5 });
    const before = decode(raw);
    const after = { ...before, 'Ã©': 3.5 };
    expect(decode(encodeChanged(raw, before, after))).toEqual(after);
  });
});

/** Fields in this order, which a JavaScript object would not keep, and their bytes. */
const fields = (...all: [string, unknown][]): Map<string, unknown> => new Map(all);
const ordered = (...all: [string, unknown][]): Buffer => Buffer.from(BSON.serialize(fields(...all)));

describe('a document', () => {
  it.each<[string, Buffer]>([
    ['a name with a dot in $ref', ordered(['r', { $ref: 'my.coll', $id: 1, z: 2 }])],
    ['a $db', ordered(['list', [{ $ref: 'coll', $id: new ObjectId(), $db: 'my' }]])],
    [
      'the fields of a reference in another order',
      ordered(['r', fields(['z', 1], ['$ref', 'a.b'], ['$id', 1])]),
    ],
    [
      'an _id before names like whole numbers',
      ordered(['_id', 1], ['1', 'x'], ['10', { 2: [{ 3: 'y' }] }], ['z', 1]),
    ],
    ['a name that only begins with a digit', ordered(['z', 1], ['1a', 2], ['01', 3])],
  ])('with %s is the same after decoding and encoding', (_what, raw) => {
    expect(encode(decode(raw)).toString('hex')).toBe(raw.toString('hex'));
  });

  it.each<[string, Buffer]>([
    ['whole numbers after other names', ordered(['_id', 1], ['z', 1], ['1', 2])],
    ['whole numbers in descending order', ordered(['a', fields(['2', 'x'], ['1', 'y'])])],
    ['an _id before whole numbers further down', ordered(['a', [fields(['_id', 1], ['1', 'y'])]])],
  ])('with %s is refused', (_what, raw) => {
    expect(() => decode(raw)).toThrow('fields named like whole numbers');
  });
});
