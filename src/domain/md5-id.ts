import { createHash } from 'node:crypto';
import { byCodePoint } from '../util/by-code-point';

/**
 * The id that Canopsis 3 gives a heartbeat: the keys of its pattern sorted by code point, each followed by its
 * value, all joined with nothing between, as the MD5 of the UTF-8 text in lower-case hex (contract, "Two dialects").
 * Different patterns can share it; MD5 is the wire format here, not protection.
 */
export function md5Id(pattern: Readonly<Record<string, string>>): string {
  const hash = createHash('md5');
  for (const key of Object.keys(pattern).sort(byCodePoint)) hash.update(key).update(pattern[key] ?? '');
  return hash.digest('hex');
}
