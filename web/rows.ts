import type { Row } from './types';

/**
 * @param row as the API answers it; what another program stored in the database may be of any type
 * @returns the same with the types that the page reckons with
 */
export function shownRow(row: Row): Row {
  const { pattern, expected_interval, gaps } = row as {
    pattern: unknown;
    expected_interval: unknown;
    gaps?: number[];
  };
  return {
    ...row,
    pattern: shownPattern(pattern),
    expected_interval: shownText(expected_interval),
    gaps: gaps ?? [],
  };
}

function shownPattern(pattern: unknown): Record<string, string> {
  if (typeof pattern !== 'object' || pattern === null) return {};
  return Object.fromEntries(Object.entries(pattern).map(([field, value]) => [field, shownText(value)]));
}

const shownText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
