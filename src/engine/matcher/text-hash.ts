import { randomBytes } from 'node:crypto';

/** Gives each text a signed 32-bit integer, always the same one. */
export type TextHash = (text: string) => number;

const COMBINING_PRIME = 0x01000193;

/**
 * HalfSipHash-1-3 (Aumasson and Bernstein, 2012) over the UTF-16 units of a text, two to a word. Without the key nobody can
 * make up texts with one hash, which whoever may create patterns could use to make each event cost as much as there are patterns.
 * @param key two 32-bit integers; default: some of this process that nobody knows
 */
export function textHashWith([k0, k1]: readonly [number, number] = randomKey()): TextHash {
  return (text) => {
    const { length } = text;
    const last = length >> 1;
    let v0 = k0;
    let v1 = k1;
    let v2 = k0 ^ 0x6c796765;
    let v3 = k1 ^ 0x74656462;
    // Each word, then what is left with the length, then three rounds that finish.
    for (let i = 0; i < last + 4; i++) {
      const low = 2 * i < length ? text.charCodeAt(2 * i) : 0;
      let word = 0;
      if (i < last) word = low | (text.charCodeAt(2 * i + 1) << 16);
      else if (i === last) word = low | (length << 16);
      else if (i === last + 1) v2 ^= 0xff;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v2 = (v2 + v3) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = ((v0 << 16) | (v0 >>> 16)) + v3;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    return v1 ^ v3;
  };
}

/** Adds one hash to those combined before; the order matters. A signed 32-bit integer. */
export function combineHashes(before: number, hash: number): number {
  return Math.imul(before ^ hash, COMBINING_PRIME) ^ (before >>> 15);
}

function randomKey(): [number, number] {
  const bytes = randomBytes(8);
  return [bytes.readInt32LE(0), bytes.readInt32LE(4)];
}
