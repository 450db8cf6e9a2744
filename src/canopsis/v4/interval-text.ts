import { MAX_INTERVAL_SECONDS, UNIT_SECONDS, intervalSeconds } from '../../domain/interval';

const MISSING = 'ExpectedInterval is missing.';
const INVALID = 'ExpectedInterval is invalid.';
const TOO_LONG = `ExpectedInterval should be ${MAX_INTERVAL_SECONDS / 3600}h or less.`;

/** @returns an interval in the largest unit that is exact: `60s` is `1m`, `90s` stays */
export function exactInterval(seconds: number): string {
  const unit = ['h', 'm'].find((larger) => seconds % (UNIT_SECONDS[larger] ?? 0) === 0) ?? 's';
  return `${seconds / (UNIT_SECONDS[unit] ?? 1)}${unit}`;
}

/** @returns an interval as version 4 shows it: in the largest exact unit, or as it is where it is none */
export function shownInterval(stored: unknown): string {
  const seconds = intervalSeconds(stored);
  if (seconds !== undefined) return exactInterval(seconds);
  return typeof stored === 'string' ? stored : '';
}

/** @returns what is wrong with a text, or with none, as an interval, if anything */
export function intervalProblem(text: string | undefined): string | undefined {
  if (intervalSeconds(text) !== undefined) return undefined;
  if (text === undefined || !/[0-9]+[smh]/.test(text) || /^0+[smh]$/.test(text)) return MISSING;
  return /^[0-9]+[smh]$/.test(text) ? TOO_LONG : INVALID;
}
