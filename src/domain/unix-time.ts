/** The last moment that JavaScript knows, in unix seconds. */
const MAX_TIME = 8.64e12;
const DIGITS = /^\d{1,13}(\.\d+)?$/;
const ISO_8601 = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads a time as programs have written it: unix seconds as a number or as digits, a date, or a text in ISO 8601 (without a
 * zone: UTC).
 * @returns whole unix seconds; undefined where it is no time
 */
export function unixSeconds(value: unknown): number | undefined {
  const seconds = secondsOf(value);
  return seconds !== undefined && seconds >= 0 && seconds <= MAX_TIME ? Math.floor(seconds) : undefined;
}

function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value === 'string') return ofText(value.trim());
  if (isNumberObject(value)) return Number(value.toString());
  return undefined;
}

function ofText(text: string): number | undefined {
  if (DIGITS.test(text)) return Number(text);
  if (!ISO_8601.test(text)) return undefined;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text) || text.length === 10;
  const milliseconds = Date.parse(hasZone ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** What the driver makes of numbers that JavaScript cannot hold: a Long or a Decimal128. */
const isNumberObject = (value: unknown): value is { toString(): string } =>
  typeof value === 'object' &&
  value !== null &&
  '_bsontype' in value &&
  (value._bsontype === 'Long' || value._bsontype === 'Decimal128');
