/** Deeper than any real event, and far from where recursion would exhaust the stack. */
const DEEPEST_ARRAY = 100;

/**
 * The text by which a field of an event is compared with a pattern's value (contract: engine, "Matching").
 *
 * - a string: as it is;
 * - a number: plain decimal notation, the shortest that reads back as the same number, never an exponent
 *   (`3`, `1.5`, `1000000000000000000000`, `0.0000001`); minus zero is `0`; an infinite number (JSON `1e999`) has no text;
 * - `true`, `false`;
 * - an array: the texts of its elements joined by `,`, elements that are arrays included (`[[1,2],3]` is `1,2,3`, `[]` is the
 *   empty text). If any element has no text, or arrays are nested over 100 deep, the array has none;
 * - null, an object, an absent field: no text.
 *
 * @returns `undefined` where the value has no text, and so never matches.
 */
export function eventFieldText(value: unknown): string | undefined {
  return textOf(value, DEEPEST_ARRAY);
}

function textOf(value: unknown, levelsLeft: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return numberText(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return Array.isArray(value) && levelsLeft > 0 ? arrayText(value, levelsLeft) : undefined;
  }
}

function arrayText(elements: readonly unknown[], levelsLeft: number): string | undefined {
  const texts: string[] = [];
  for (const element of elements) {
    const text = textOf(element, levelsLeft - 1);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts.join(',');
}

function numberText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const text = String(value);
  const e = text.indexOf('e');
  return e < 0 ? text : withoutExponent(text.slice(0, e), Number(text.slice(e + 1)));
}

/**
 * ECMAScript writes an exponent from 1e21 upwards, and for numbers whose first digit comes after six or more zeros: the
 * point then lies beyond the digits on one side, never among them.
 */
function withoutExponent(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  return exponent < 0
    ? `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
    : `${sign}${digits.padEnd(exponent + 1, '0')}`;
}
