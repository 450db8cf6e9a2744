import { BSON, ObjectId } from 'bson';
import fc from 'fast-check';
import { decode, decodePart, encode, join, overwritten } from './documents';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'deadline', '1', 'é', '\u00e9\u0301'),
  fc.string({ maxLength: 3 }),
);
const fieldName = name.filter((text) => !text.includes('\0') && text !== '__proto__');
const double = fc.oneof(fc.double(), fc.constantFrom(-0, NaN, 2 ** 31, 1.5, 1_795_000_000_000));
const value = fc.oneof(double, double, fc.integer(), fc.string(), fc.constant(null), fc.constant([1, 2.5]));
const document = fc.dictionary(fieldName, value, { maxKeys: 8 });

/** The bytes with other values for some fields, where they are written over. */
function changed(raw: Buffer, fields: object, wanted = new Set(Object.keys(fields))): Buffer | undefined {
  const part = decodePart(raw, wanted);
  return overwritten(raw, part, { ...part.document, ...fields });
}

describe('a document that an update changed', () => {
  it('is encoded to the same bytes whether it is written over or not', () => {
    const same = (fields: object, changes: object, gone: string[], others: string[]): void => {
      const raw = encode(fields);
      const after: Record<string, unknown> = { ...decode(raw), ...decode(encode(changes)) };
      for (const field of gone) delete after[field];
      const wanted = new Set([...Object.keys(changes), ...gone, ...others]);
      const part = decodePart(raw, wanted);
      const partAfter = Object.fromEntries(Object.entries(after).filter(([field]) => wanted.has(field)));
      const bytes = overwritten(raw, part, partAfter);
      if (bytes) expect(bytes.equals(encode(after))).toBe(true);
    };
    const names = fc.array(fieldName, { maxLength: 2 });
    fc.assert(fc.property(document, document, names, names, same), { numRuns: 2_000 });
  });

  it('is written over where doubles alone have changed', () => {
    const raw = encode({ _id: 'h1', deadline: 1_795_000_000_000, last_event: 1.5, outbox: [] });
    expect(changed(raw, { deadline: 1.5, last_event: 2.5 })).toBeDefined();
    expect(changed(raw, { deadline: 1.5 }, new Set(['_id', 'deadline', 'outbox', 'other']))).toBeDefined();
    for (const fields of [{ deadline: 1 }, { _id: 1.5 }, { outbox: [] }, { other: 1.5 }])
      expect(changed(raw, fields)).toBeUndefined();
  });

  it('is not written over where a name is there twice', () => {
    for (const first of [1.5, 'text']) {
      const [one, other] = [encode({ deadline: first }), encode({ deadline: 2.5 })];
      const raw = join([one.subarray(4, -1), other.subarray(4, -1)]);
      expect(changed(raw, { deadline: 3.5 })).toBeUndefined();
    }
  });

  it('keeps the bytes that it was made of', () => {
    const raw = encode({ _id: 'h1', deadline: 1_795_000_000_000, last_event: 1.5, outbox: [] });
    const copy = Buffer.from(raw);
    expect(decode(changed(raw, { deadline: 1_795_000_000_001 }) ?? raw)).toEqual({
      ...decode(raw),
      deadline: 1_795_000_000_001,
    });
    expect(raw.equals(copy)).toBe(true);
  });

  it('writes into the field of that name alone, whatever its bytes are in another encoding', () => {
    const raw = encode({ _id: 1, é: 'hello world!', 'Ã©': 2.5 });
    const after = { ...decode(raw), 'Ã©': 3.5 };
    expect(decode(changed(raw, { 'Ã©': 3.5 }) ?? raw)).toEqual(after);
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
