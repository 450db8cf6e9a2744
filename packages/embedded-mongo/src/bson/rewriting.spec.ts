import fc from 'fast-check';
import { decode, decodePart, encode, join } from './documents';
import { rewritten } from './rewriting';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'deadline', '1', 'é', '\u00e9\u0301'),
  fc.string({ maxLength: 3 }),
);
const fieldName = name.filter((text) => !text.includes('\0') && text !== '__proto__');
const double = fc.oneof(fc.double(), fc.constantFrom(-0, NaN, 2 ** 31, 1.5, 1_795_000_000_000));
const value = fc.oneof(double, double, fc.integer(), fc.string(), fc.constant(null), fc.constant([1, 2.5]));
const document = fc.dictionary(fieldName, value, { maxKeys: 8 });

/** The bytes with other values for some fields, where the others are copied. */
function changed(raw: Buffer, fields: object, wanted = new Set(Object.keys(fields))): Buffer | undefined {
  const part = decodePart(raw, wanted);
  return rewritten(raw, part, { ...part.document, ...fields });
}

describe('a document that an update changed', () => {
  it('is encoded to the same bytes whether the rest is copied or not', () => {
    const same = (fields: object, changes: object, gone: string[], others: string[]): void => {
      const raw = encode(fields);
      const after: Record<string, unknown> = { ...decode(raw), ...decode(encode(changes)) };
      for (const field of gone) delete after[field];
      const wanted = new Set([...Object.keys(changes), ...gone, ...others]);
      const part = decodePart(raw, wanted);
      const partAfter = Object.fromEntries(Object.entries(after).filter(([field]) => wanted.has(field)));
      const bytes = rewritten(raw, part, partAfter);
      if (bytes) expect(bytes.toString('hex')).toBe(encode(after).toString('hex'));
    };
    const names = fc.array(fieldName, { maxLength: 2 });
    fc.assert(fc.property(document, document, names, names, same), { numRuns: 2_000 });
  });

  it('is copied but for what has changed', () => {
    const stored = {
      _id: 'h1',
      deadline: 1_795_000_000_000,
      last_event: 1.5,
      outbox: [],
      ended: new Date(0),
    };
    const raw = encode(stored);
    const wanted = new Set(['_id', 'deadline', 'outbox', 'other']);
    for (const fields of [
      ...[{ deadline: 1.5, last_event: 2.5 }, { deadline: 1 }, { last_event: 'never' }],
      ...[{ outbox: [{ id: 'x', body: '{}' }], deadline: null }, { other: 1.5 }, { lease: 'é', other: {} }],
    ]) {
      const bytes = changed(raw, fields, new Set([...wanted, ...Object.keys(fields)]));
      expect(bytes?.toString('hex')).toBe(encode({ ...stored, ...fields }).toString('hex'));
    }
    const part = decodePart(raw, wanted);
    const without = (fields: object): object => ({ ...fields, outbox: undefined });
    const after = decode(encode(without(part.document)));
    expect(rewritten(raw, part, after)?.toString('hex')).toBe(encode(without(stored)).toString('hex'));
  });

  it('gets new fields whatever its length is', () => {
    for (let length = 0; length < 300; length++) {
      const stored = { _id: 'h1', text: 'x'.repeat(length), deadline: 1.5 };
      for (const fields of [
        { refresh_at: 1_795_000_000_000 },
        { deadline: 2.5, refresh_at: 1.5 },
        { text: 2.5 },
      ]) {
        const bytes = changed(encode(stored), fields, new Set(['_id', ...Object.keys(fields)]));
        expect(bytes?.toString('hex')).toBe(encode({ ...stored, ...fields }).toString('hex'));
      }
    }
  });

  it('is not copied where it is not known what is where', () => {
    const raw = encode({ _id: 'h1', ended: new Date(0), 7: 1.5 });
    for (const fields of [{ ended: null }, { 7: 2.5 }, { 8: 1.5 }, { $set: 1 }])
      expect(changed(raw, fields)).toBeUndefined();
  });

  it('is not copied where a name is there twice', () => {
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
