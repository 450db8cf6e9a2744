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
});
