/** Whether a value is what JSON calls an object: not null, not an array. */
export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns the first of its fields that nobody reads: misspelled, as a rule; undefined where there is none */
export const unknownField = (given: object, known: readonly string[]): string | undefined =>
  Object.keys(given).find((name) => !known.includes(name));
