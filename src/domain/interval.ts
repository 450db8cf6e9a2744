/** The units of an interval, in seconds. */
export const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Ten years of 365 days: the longest interval, in seconds. */
export const MAX_INTERVAL_SECONDS = 10 * 365 * 24 * 3600;

/**
 * Reads an `expected_interval` such as `10s`, `15m` or `1h` (contract, "A valid body" 3).
 * @returns seconds, from 1 to {@link MAX_INTERVAL_SECONDS}; undefined for all that is not such a text
 */
export function intervalSeconds(text: unknown): number | undefined {
  const parts = typeof text === 'string' ? /^([0-9]+)([smh])$/.exec(text) : null;
  if (!parts) return undefined;
  const seconds = Number(parts[1]) * (UNIT_SECONDS[parts[2] ?? ''] ?? 0);
  return seconds > 0 && seconds <= MAX_INTERVAL_SECONDS ? seconds : undefined;
}
