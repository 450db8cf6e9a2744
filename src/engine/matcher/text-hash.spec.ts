import { textHashWith } from './text-hash';

const KEY = [0x03020100, 0x07060504] as const;

describe('the hash of a text', () => {
  it('is HalfSipHash-1-3 of its UTF-16 units', () => {
    const hash = textHashWith(KEY);
    const vectors = ['', 'a', 'ab', 'abc', '\u00e9\ud83d\ude00', 'server-1.example.net'].map(hash);
    // From a reference of the algorithm that was written apart; the last word holds the number of units in its upper half.
    expect(vectors).toEqual([1477757078, 800049442, 239471172, -833437567, 1126028723, -1538284841]);
  });

  it('is the same for the same text, and another in another process', () => {
    const [mine, others] = [textHashWith(), textHashWith()];
    const texts = Array.from({ length: 100 }, (_, i) => `server-${i}`);
    expect(texts.map(mine)).toEqual(texts.map(mine));
    expect(texts.filter((text) => mine(text) === others(text))).toHaveLength(0);
  });

  it('is not shared by texts that were made up to share an unkeyed one', () => {
    // Both have the FNV-1a hash 1b6a7a64.
    for (let tries = 0; tries < 20; tries++) {
      const hash = textHashWith();
      expect(hash('costarring')).not.toBe(hash('liquid'));
    }
  });
});
