import { type Unit, UNIT_SECONDS, inLargestUnit, intervalSeconds } from '../times';
import type { Rule } from '../types';

/** What one fills in; everything as it stands in the fields. */
export interface Form {
  name: string;
  rows: FormRow[];
  every: string;
  unit: Unit;
  description: string;
  output: string;
}

/** A field of the pattern. */
export interface FormRow {
  /** Tells rows apart while they move. */
  key: number;
  field: string;
  value: string;
}

export type FieldFault = 'noName' | 'badName' | 'twice' | 'noField';

/** What is wrong with a form. */
export interface Faults {
  /** By key of the row. */
  rows: Map<number, FieldFault>;
  interval: boolean;
}

const LONGEST_SECONDS = 87_600 * 3_600;

let nextKey = 0;

/** @returns a row that no other row has the key of */
export const newRow = (field = '', value = ''): FormRow => ({ key: nextKey++, field, value });

/** @returns what is wrong; the interval alone where there are no rows to look at */
export function faultsOf({ rows, every, unit }: Pick<Form, 'rows' | 'every' | 'unit'>): Faults {
  const seen = new Set<string>();
  const faults = new Map<number, FieldFault>();
  for (const { key, field } of rows) {
    const fault = faultOfField(field, seen);
    if (fault) faults.set(key, fault);
    seen.add(field);
  }
  return { rows: faults, interval: !isInterval(every, unit) };
}

function faultOfField(field: string, seen: ReadonlySet<string>): FieldFault | undefined {
  if (field === '') return 'noName';
  if (field.startsWith('$') || field.includes('.')) return 'badName';
  return seen.has(field) ? 'twice' : undefined;
}

/** @returns whether the API takes this as an interval: whole, above 0, at most ten years */
export function isInterval(every: string, unit: Unit): boolean {
  const count = /^[0-9]+$/.test(every.trim()) ? Number(every) : 0;
  return count >= 1 && count * UNIT_SECONDS[unit] <= LONGEST_SECONDS;
}

/** @param rule what to begin with; none for a new one */
export function formOf(rule?: Rule): Form {
  const seconds = rule && intervalSeconds(rule.expected_interval);
  const [count, unit] = seconds === undefined ? ['', 'm' as const] : inLargestUnit(seconds);
  return {
    name: rule?.name ?? '',
    rows: rule ? rowsOf(rule.pattern) : [newRow()],
    every: String(count),
    unit,
    description: rule?.description ?? '',
    output: rule?.output ?? '',
  };
}

export const rowsOf = (pattern: Record<string, string>): FormRow[] =>
  Object.entries(pattern).map(([field, value]) => newRow(field, value));

export const patternOf = (rows: readonly FormRow[]): Record<string, string> =>
  Object.fromEntries(rows.map(({ field, value }) => [field, value]));

/** @returns what the API is sent; texts that were left empty are left out */
export function ruleOf(form: Form, author: string | null): Rule {
  return {
    pattern: patternOf(form.rows),
    expected_interval: `${Number(form.every)}${form.unit}`,
    ...(form.name !== '' && { name: form.name }),
    ...(form.description !== '' && { description: form.description }),
    ...(form.output !== '' && { output: form.output }),
    ...(author && { author }),
  };
}

/** Fields of an event that are another one each time, so that no pattern wants them. */
const VOLATILE = new Set(['timestamp', 'state', 'state_type', 'output', 'long_output', 'perf_data']);

/**
 * @param text what was pasted
 * @returns rows of a pattern, of a heartbeat's pattern, or of what stays the same in an event; undefined where it is no
 *   JSON object that has any
 */
export function rowsOfPasted(text: string): FormRow[] | undefined {
  const pasted = objectIn(text);
  const pattern = typeof pasted?.pattern === 'object' ? (pasted.pattern as Record<string, unknown>) : pasted;
  const isEvent = pattern?.event_type !== undefined;
  const rows = Object.entries(pattern ?? {})
    .filter(([field]) => !(isEvent && VOLATILE.has(field)))
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([field, value]) => newRow(field, String(value)));
  return rows.length === 0 ? undefined : rows;
}

/** @returns the JSON object that this text is; undefined where it is none */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
