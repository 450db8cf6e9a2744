const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * The elements of an array, each as the text that it was written with.
 * @param array valid JSON
 */
export function elementTexts(array: string): string[] {
  const texts: string[] = [];
  let at = skipSpace(array, skipSpace(array, 0) + 1);
  while (at < array.length && array.charCodeAt(at) !== CLOSING_BRACKET) {
    const end = skipValue(array, at);
    texts.push(array.slice(at, end));
    at = next(array, end);
  }
  return texts;
}

/**
 * The text of an object with one of its own members set, and all else as it is: the value is replaced wherever the name stands,
 * since readers differ in which of several they take; where it stands nowhere, the member is added at the end.
 * @param object valid JSON
 * @param value valid JSON
 */
export function withMember(object: string, name: string, value: string): string {
  const written = JSON.stringify(name);
  let result = '';
  let copied = 0;
  let last = skipSpace(object, 0) + 1;
  let at = skipSpace(object, last);
  const isEmpty = object.charCodeAt(at) === CLOSING_BRACE;
  while (at < object.length && object.charCodeAt(at) !== CLOSING_BRACE) {
    const nameEnd = skipString(object, at);
    const from = skipSpace(object, skipSpace(object, nameEnd) + 1);
    last = skipValue(object, from);
    if (isName(object.slice(at, nameEnd), written)) {
      result += object.slice(copied, from) + value;
      copied = last;
    }
    at = next(object, last);
  }
  if (copied > 0) return result + object.slice(copied);
  return `${object.slice(0, last)}${isEmpty ? '' : ','}${written}:${value}${object.slice(last)}`;
}

/** Whether two names are the same, one of which may have any of its characters escaped. */
const isName = (quoted: string, written: string): boolean =>
  quoted === written || (quoted.includes('\\') && JSON.stringify(JSON.parse(quoted)) === written);

/** @returns where the next value or name begins, or the whole ends */
function next(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}

/** @returns the place of the first character from here on that is no space of JSON */
function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** @returns the place behind the value that begins here */
function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return skipString(text, from);
  let at = from;
  if (first !== OPENING_BRACE && first !== OPENING_BRACKET) {
    while (at < text.length && !endsPlain(text.charCodeAt(at))) at += 1;
    return at;
  }
  let depth = 0;
  do {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    if (code === OPENING_BRACE || code === OPENING_BRACKET) depth += 1;
    else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) depth -= 1;
    at += 1;
  } while (depth > 0 && at < text.length);
  return at;
}

/** Whether a number, `true`, `false` or `null` ends before this. */
const endsPlain = (code: number): boolean =>
  code === COMMA || code === CLOSING_BRACKET || code === CLOSING_BRACE || isSpace(code);

/** @param quote the place of the first quotation mark. @returns the place behind the last */
function skipString(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}
