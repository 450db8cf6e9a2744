import type { Document } from 'bson';

/** A dotted path, divided at its dots. */
export type Path = readonly [string, ...string[]];

export const pathOf = (dotted: string): Path => dotted.split('.') as [string, ...string[]];

/** The top-level field that a dotted path begins at. */
export const topOf = (dotted: string): string => pathOf(dotted)[0];

/** Whether the value is a sub-document: whatever its fields are called (`constructor`, `_bsontype`), only its prototype tells. */
export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether it is a plain number that is written as an int32; every other plain number is written as a double. */
export function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value && !Object.is(value, -0);
}

/** Whether it is a plain number that is written as a double. */
export const isPlainDouble = (value: unknown): value is number =>
  typeof value === 'number' && !isInt32(value);
