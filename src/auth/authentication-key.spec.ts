import {
  InvalidKeyError,
  checkKey,
  formatKeyHash,
  hashOfKey,
  newAuthenticationKey,
  parseKeyHash,
} from './authentication-key';
import { InvalidHashError } from './scrypt-hash';

describe('an authentication key', () => {
  it('is random, of 256 bits, and fit for a header', () => {
    const keys = Array.from({ length: 100 }, newAuthenticationKey);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) {
      expect(Buffer.from(key, 'base64url')).toHaveLength(32);
      expect(() => checkKey(key)).not.toThrow();
    }
  });

  it('is kept as its SHA-256', () => {
    // FIPS 180-4, the example "abc".
    expect(hashOfKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(parseKeyHash(formatKeyHash('abc'))).toBe(hashOfKey('abc'));
    expect(() => parseKeyHash(hashOfKey('abc'))).toThrow(InvalidHashError);
  });

  it.each([
    ['short', 'x'.repeat(31)],
    ['endless', 'x'.repeat(257)],
    ['what a header cannot hold', `${'x'.repeat(40)} é`],
    ['text with a line break', `${'x'.repeat(40)}\n`],
  ])('may not be %s', (_what, key) => {
    expect(() => checkKey(key)).toThrow(InvalidKeyError);
  });

  it('may be a UUID, as Canopsis gave them', () => {
    expect(() => checkKey('6d7b0a3e-3c43-4b8e-8f4b-0c3f1d1a9e77')).not.toThrow();
  });
});
