const SURROGATE = /[\uD800-\uDFFF]/;

/**
 * Orders texts as MongoDB and the original engine do. JavaScript compares UTF-16 units, which puts U+1F600 before U+FF5E;
 * UTF-8 bytes are in code point order. It only matters, and only then costs two buffers, where surrogates occur.
 */
export function byCodePoint(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
