/** Controls, marks of direction and other formats, lone surrogates, separators of lines: what a terminal or a reader takes for something else. */
const ILLEGIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * @param kept which of these characters stay, such as `\n`
 * @returns the text, of which no terminal takes anything for a command: `\u{9b}` for such a character
 */
export function escaped(text: string, kept = ''): string {
  return text.replace(ILLEGIBLE, (character) =>
    kept.includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
