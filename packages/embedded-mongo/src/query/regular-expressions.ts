import { CommandError } from '../errors';

const refused = (what: string, pattern: string): CommandError =>
  new CommandError(
    'BadValue',
    `Regular expression is invalid or not supported by the embedded MongoDB: ${what} in ${JSON.stringify(pattern)}`,
  );

/** Escapes that PCRE, as MongoDB uses it, and ECMAScript read alike, and those that stand for the same set. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ d: '\\d', D: '\\D', w: '\\w', W: '\\W', n: '\\n', r: '\\r', t: '\\t', f: '\\f' },
  ...{ s: '[\\t-\\r ]', S: '[^\\t-\\r ]', b: '\\b', B: '\\B' },
};
/** The same within a class; `\b` is a backspace there. */
const IN_CLASS: Readonly<Record<string, string>> = {
  ...ESCAPES,
  ...{ s: '\\t-\\r ', S: '\\x00-\\x08\\x0e-\\x1f!-\\u{10ffff}', b: '\\x08' },
};
const GROUPS = /^\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_]\w*>))?(?![?*])/;
const POSIX = /^\[([:.=])[^\]]*\1\]/;

/**
 * The ECMAScript regular expression that finds what PCRE finds by a pattern with the options `i`, `m`, `s` and `u`. What
 * the two read otherwise is translated, or refused: back references, for one, may differ where a group took no part.
 * @throws CommandError BadValue
 */
export function regularExpression(pattern: string, options: string): RegExp {
  if (!/^[imsu]*$/.test(options))
    throw new CommandError('BadValue', `the $regex option '${options}' is not supported`);
  const flags = `u${options.includes('i') ? 'i' : ''}${options.includes('s') ? 's' : ''}`;
  try {
    return new RegExp(translated(pattern, options), flags);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refused((error as Error).message, pattern);
  }
}

function translated(pattern: string, options: string): string {
  const lines = options.includes('m');
  let source = '';
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    const [character = ''] = rest;
    const token = character === '\\' ? escape(rest, pattern) : character;
    at += token.length;
    if (character === '\\') source += meaning(token, ESCAPES, pattern);
    else if (character === '[') {
      const [length, translation] = classOf(rest, pattern);
      source += translation;
      at += length - 1;
    } else if (character === '(') {
      const [group] = GROUPS.exec(rest) ?? [];
      if (!group) throw refused(rest.slice(0, 3), pattern);
      source += group;
      at += group.length - 1;
    } else if (character === '{') {
      const [count] = /^\{\d+(,\d*)?\}/.exec(rest) ?? [];
      if (!count && /^\{,\d/.test(rest)) throw refused('{,', pattern);
      source += count ?? '\\{';
      at += (count ?? '{').length - 1;
    } else if (character === '}' || character === ']') source += `\\${character}`;
    else if (character === '.') source += options.includes('s') ? '.' : '[^\\n]';
    // A line ends before "\n" alone, and the text also before a "\n" that is its last character.
    else if (character === '^') source += lines ? '(?:^|(?<=\\n)(?=[^]))' : '^';
    else if (character === '$') source += lines ? '(?:$|(?=\\n))' : '(?=\\n?$)';
    else source += character;
  }
  return source;
}

/** The escape that the text begins with: `\x` with its two digits, or the backslash and one character. */
function escape(text: string, pattern: string): string {
  const [found] = /^\\(?:x[\da-f]{2}|[^])/iu.exec(text) ?? [];
  if (!found) throw refused('a backslash at the end', pattern);
  return found;
}

/** What is no letter and no digit is itself when it is escaped. */
function meaning(token: string, escapes: Readonly<Record<string, string>>, pattern: string): string {
  const character = token.slice(1);
  if (token.length === 4) return token;
  if (/[A-Za-z0-9]/.test(character)) {
    const found = Object.hasOwn(escapes, character) ? escapes[character] : undefined;
    if (found === undefined) throw refused(token, pattern);
    return found;
  }
  return /[\^$\\.*+?()[\]{}|/-]/.test(character) ? `\\x${hex(character)}` : character;
}

const hex = (character: string): string => character.charCodeAt(0).toString(16);

/** The class that the text begins with: its length, and its translation. */
function classOf(text: string, pattern: string): [number, string] {
  const [open] = /^\[\^?/.exec(text) as RegExpExecArray;
  let source = open;
  let at = open.length;
  for (let first = true; first || text[at] !== ']'; first = false) {
    const rest = text.slice(at);
    if (rest === '') throw refused('a class without an end', pattern);
    if (POSIX.test(rest)) throw refused(rest.slice(0, 2), pattern);
    if (rest.startsWith('\\')) {
      const token = escape(rest, pattern);
      // A set of characters is no end of a range.
      const set = /^\\[dDsSwW]$/.test(token);
      const next = rest.slice(token.length);
      if (set && ((source.endsWith('-') && source !== `${open}-`) || /^-[^\]]/.test(next)))
        throw refused(`a range with ${token}`, pattern);
      source += meaning(token, IN_CLASS, pattern);
      at += token.length;
    } else {
      source += rest[0] === ']' || rest[0] === '[' ? `\\${rest[0]}` : rest[0];
      at++;
    }
  }
  return [at + 1, `${source}]`];
}
