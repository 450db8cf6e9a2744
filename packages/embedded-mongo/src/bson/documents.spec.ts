import { BSON, ObjectId } from 'bson';
import { decode, encode } from './documents';

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
