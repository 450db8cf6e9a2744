/** How long a request waits for the database, in milliseconds: a client gets its error within 2 s. */
export const PATIENCE_MS = 1_800;
/** How long it waits for more from a database that has just answered: a long list takes its time where many ask for it. */
export const LONG_PATIENCE_MS = 10_000;
/**
 * For each reading that a request waits for: the database gives it up when nobody waits any more. Otherwise what was given
 * up here would go on there, and keep a connection that others need.
 */
export const IN_TIME = { maxTimeMS: PATIENCE_MS } as const;
