const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over the UTF-16 units of a text: a signed 32-bit integer. Quick on short texts; no protection against forgery. */
export function textHash(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}

/** Adds one hash to those combined before; the order matters. A signed 32-bit integer. */
export function combineHashes(before: number, hash: number): number {
  return Math.imul(before ^ hash, FNV_PRIME) ^ (before >>> 15);
}
