import { MAX_INTERVAL_SECONDS, UNIT_SECONDS } from './interval';

/** The intervals that `intervalSeconds` takes, as the source of a regular expression of ECMA 262. */
export const intervalPattern = (): string =>
  `^0*(?:${Object.entries(UNIT_SECONDS)
    .map(([unit, seconds]) => `(?:${numbersTo(Math.floor(MAX_INTERVAL_SECONDS / seconds))})${unit}`)
    .join('|')})$`;

/** The source of a regular expression of the whole numbers from 1 to this one. */
function numbersTo(largest: number): string {
  const digits = Array.from(String(largest), Number);
  const shorter = digits.length > 1 ? [`[1-9][0-9]{0,${digits.length - 2}}`] : [];
  // As many digits, of which the first ones are the same, and the next is smaller.
  const smaller = digits.flatMap((digit, place) => {
    const lowest = place === 0 ? 1 : 0;
    const rest = digits.length - place - 1;
    const same = digits.slice(0, place).join('');
    return digit > lowest ? [`${same}[${lowest}-${digit - 1}]${rest > 0 ? `[0-9]{${rest}}` : ''}`] : [];
  });
  return [...shorter, ...smaller, largest].join('|');
}
