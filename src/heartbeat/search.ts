import type { mongo } from 'mongoose';
import type { StoredHeartbeat } from './heartbeat.schema';

/**
 * The longest text that is searched for, in characters. Written out in either case it stays below what MongoDB takes
 * for a regular expression: 32,764 bytes.
 */
export const MAX_SEARCH_LENGTH = 2_000;

/**
 * The source of a regular expression that finds this text anywhere, in upper or lower case.
 *
 * The client's text is only ever taken literally. Case is written out (`a` becomes `[aA]`) instead of asked for with
 * the `i` option, since databases differ in what they take for case beyond ASCII.
 */
export const containing = (text: string): string => Array.from(text, eitherCase).join('');

/** @returns what finds documents that have this text in any of these fields; all of them where it is empty */
export const searching = (fields: readonly string[], text: string): mongo.Filter<StoredHeartbeat> =>
  text === '' ? {} : { $or: fields.map((field) => ({ [field]: { $regex: containing(text) } })) };

function eitherCase(character: string): string {
  // MongoDB takes no regular expression that holds one as it is.
  if (character === '\0') return '\\x00';
  const forms = [...new Set([character, character.toLowerCase(), character.toUpperCase()])];
  const escaped = forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  if (forms.length === 1) return escaped.join('');
  // Some letters become several in the other case (ß, SS), and not every engine takes pairs of surrogates for one. Nobody asks
  // what the group has found: it captures to be two characters shorter.
  return forms.every((form) => form.length === 1) ? `[${forms.join('')}]` : `(${escaped.join('|')})`;
}
