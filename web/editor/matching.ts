import type { Event } from '../types';

/** @returns whether the engine would count this event for a heartbeat with this pattern */
export function matches(pattern: Record<string, string>, event: Event): boolean {
  return Object.entries(pattern).every(
    ([field, value]) => Object.hasOwn(event, field) && textOf(event[field]) === value,
  );
}

/** @returns a value of an event as the engine compares it; undefined for what never matches */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? plainDecimal(value) : undefined;
  if (typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  const texts = value.map(textOf);
  return texts.includes(undefined) ? undefined : texts.join(',');
}

/** @returns a number without an exponent: `1e21` is `1000000000000000000000` */
function plainDecimal(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  if (exponent === undefined) return String(value);
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}
