/**
 * Orders texts as MongoDB and the original engine do. JavaScript compares UTF-16 units, which puts U+1F600 before U+FF5E;
 * UTF-8 bytes are in code point order.
 */
export const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
