/**
 * The source of a regular expression that finds this text anywhere, in upper or lower case.
 *
 * The client's text is only ever taken literally. Case is written out (`a` becomes `(?:a|A)`) instead of asked for
 * with the `i` option, since databases differ in what they take for case beyond ASCII.
 */
export const containing = (text: string): string => Array.from(text, eitherCase).join('');

function eitherCase(character: string): string {
  const forms = new Set([character, character.toLowerCase(), character.toUpperCase()]);
  const escaped = Array.from(forms, (form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return escaped.length === 1 ? escaped.join('') : `(?:${escaped.join('|')})`;
}
