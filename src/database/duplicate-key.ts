import type { mongo } from 'mongoose';

/** Whether the driver reports that a unique index refused a document. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === 11000;

/** @returns the errors of single operations of a bulk write; none where it failed as a whole, or was none */
export function writeErrorsOf(error: unknown): mongo.WriteError[] {
  const { writeErrors } = error as { writeErrors?: mongo.WriteError | mongo.WriteError[] };
  return writeErrors === undefined ? [] : [writeErrors].flat();
}

/**
 * What a unique index refused of an unordered bulk write.
 * @returns the positions of its operations; undefined when anything else went wrong
 */
export function duplicatePositions(error: unknown): number[] | undefined {
  const errors = writeErrorsOf(error);
  return errors.length > 0 && errors.every(({ code }) => code === 11000)
    ? errors.map(({ index }) => index)
    : undefined;
}
