/** What an error says, for a line of the log; anything may be thrown. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The same with where it was thrown, for an error that nobody foresaw. */
export const errorStack = (error: unknown): string =>
  (error instanceof Error ? error.stack : undefined) ?? String(error);
