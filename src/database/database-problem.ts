const AUTHENTICATION_FAILED = 18;
const UNAUTHORIZED = 13;

/** Whether the database answered, and does not let this user in, or not do what is needed. */
export const isRefused = (error: unknown): boolean =>
  [AUTHENTICATION_FAILED, UNAUTHORIZED].includes((error as { code?: number }).code ?? 0);

/** @returns why the database cannot be used, and what to do, as one sentence without credentials */
export function databaseProblem(error: unknown): string {
  const { message, code } = error as { message: string; code?: unknown };
  if (code === AUTHENTICATION_FAILED)
    return `${message}; compare user, password (percent-encoded) and authSource in MONGODB_URI`;
  if (code === UNAUTHORIZED) return `${message}; the user needs the role readWrite on the database`;
  return `${message}; compare MONGODB_URI with where MongoDB listens`;
}
