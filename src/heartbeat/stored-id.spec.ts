import { mongo } from 'mongoose';
import { foreignIdsOf, idText, isNameable, storedIdOf, withTextId } from './stored-id';

const { Binary, Decimal128, Long, ObjectId, UUID } = mongo.BSON;

describe('an `_id` that is no text', () => {
  it.each<[string, unknown, string]>([
    ['an ObjectId', new ObjectId('5fd33b0e0000000000000001'), '5fd33b0e0000000000000001'],
    ['an ObjectId of decimal digits', new ObjectId('123456789012345678901234'), '123456789012345678901234'],
    ['a number', 5, '5'],
    ['a negative number', -7, '-7'],
    ['a fraction', 1.5, '1.5'],
    ['a large number', 1e21, '1000000000000000000000'],
    ['a Long', Long.fromString('9007199254740993'), '9007199254740993'],
    ['a Decimal128', Decimal128.fromString('12345678901234567890.5'), '12345678901234567890.5'],
    ['a UUID', new UUID('eaadc64a-a0ef-4c5c-8453-a45e574fd5ca'), 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca'],
  ])('is known by its text, and found by that: %s', (_, stored, text) => {
    expect(idText(stored)).toBe(text);
    expect(isNameable(stored)).toBe(true);
    expect(foreignIdsOf(text)).toContainEqual(stored);
  });

  it.each<[string, unknown, string]>([
    ['a date', new Date(1_700_000_000_000), '{"$date":"2023-11-14T22:13:20Z"}'],
    ['a document', { a: 1, b: 'c' }, '{"a":1,"b":"c"}'],
    ['a truth', true, 'true'],
    ['nothing', null, 'null'],
    ['not a number', NaN, 'NaN'],
    ['bytes', new Binary(Buffer.from('ab')), '{"$binary":{"base64":"YWI=","subType":"00"}}'],
  ])('can be read, but not named by calls: %s', (_, stored, text) => {
    expect(idText(stored)).toBe(text);
    expect(isNameable(stored)).toBe(false);
    expect(foreignIdsOf(text)).toContainEqual(stored);
  });

  it.each(['', 'x'.repeat(15 * 1024 + 1)])('is not named where it is a text that no URL holds', (text) => {
    expect(isNameable(text)).toBe(false);
  });

  it.each(['x', '05', '+5', '1e3', '{"$gt":""}', '{"a":', '5FD33B0E0000000000000001'])(
    'is not looked for by a text that none has: %s',
    (text) => {
      expect(foreignIdsOf(text)).toEqual([]);
    },
  );

  it('is kept for writing, also by a copy', () => {
    const _id = new ObjectId();
    const document = withTextId({ _id: _id as unknown as string, a: 1 });
    expect(document._id).toBe(_id.toHexString());
    expect(storedIdOf({ ...document })).toBe(_id);
    expect(JSON.stringify(document)).toBe(`{"_id":"${_id.toHexString()}","a":1}`);
    expect(storedIdOf({ _id: 'text' })).toBe('text');
  });
});
