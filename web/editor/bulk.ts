import type { Unit } from '../times';
import type { Row, Rule } from '../types';

/** What is to change in many heartbeats; what is empty stays. */
export interface BulkForm {
  every: string;
  unit: Unit;
  description: string;
  output: string;
}

/** A heartbeat as v4 takes it. */
export type BulkItem = Required<Rule> & { _id: string };

/** @param author who changes them, where that is known */
export function bulkItems(rows: readonly Row[], form: BulkForm, author: string | null): BulkItem[] {
  return rows.map((row) => ({
    _id: row._id,
    pattern: row.pattern,
    name: row.name ?? '',
    author: author || (row.author ?? ''),
    description: form.description || (row.description ?? ''),
    output: form.output || (row.output ?? ''),
    expected_interval: form.every === '' ? row.expected_interval : `${Number(form.every)}${form.unit}`,
  }));
}

/** The call for many takes each text at this length at most, in code points. */
const LONGEST = 255;

/** Whether the call for many takes it: it wants a name, a description and an author, which version 2 leaves free. */
export const fitsBulk = ({ name, description, author, output }: BulkItem): boolean =>
  [name, description, author].every((text) => text !== '') &&
  [name, description, author, output].every((text) => [...text].length <= LONGEST);

/** @returns the same for the call that changes one: texts that are empty are left out */
export function singleRule({ _id, name, description, author, output, ...rule }: BulkItem): Rule {
  const texts = Object.entries({ name, description, author, output }).filter(([, text]) => text !== '');
  return { ...rule, ...Object.fromEntries(texts) };
}
