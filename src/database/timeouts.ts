/** How long a request waits for the database, in milliseconds: a client gets its error within 2 s. */
export const REQUEST_TIMEOUT_MS = 1_800;
/** How long it waits for more from a database that has just answered: a long list takes its time where many ask for it. */
export const STREAM_TIMEOUT_MS = 10_000;
/**
 * For each reading that a request waits for: the database gives it up when nobody waits any more. Otherwise what was given
 * up here would go on there, and keep a connection that others need.
 */
export const READ_OPTIONS = { maxTimeMS: REQUEST_TIMEOUT_MS } as const;
/**
 * For counting a whole collection: by the index of ids documents are counted, not what a server remembers of their number, which
 * is wrong after a crash, or where they are spread over shards.
 */
export const COUNT_ALL_OPTIONS = { hint: '_id_', ...READ_OPTIONS } as const;
