import type { mongo } from 'mongoose';

/** Whether the driver reports that a unique index refused a document. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === 11000;

/**
 * What a unique index refused of an unordered bulk write.
 * @returns the positions of its operations; undefined when anything else went wrong
 */
export function duplicatePositions(error: unknown): number[] | undefined {
  const { writeErrors } = error as { writeErrors?: mongo.WriteError | mongo.WriteError[] };
  const errors = writeErrors === undefined ? [] : [writeErrors].flat();
  return errors.length > 0 && errors.every(({ code }) => code === 11000)
    ? errors.map(({ index }) => index)
    : undefined;
}
