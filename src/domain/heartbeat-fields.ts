/** The texts that a heartbeat may lack, in the order in which they are answered. */
export const TEXT_FIELDS = ['author', 'name', 'description', 'output'] as const;

/** What a client says of a heartbeat. */
export const CONTENT_FIELDS = ['pattern', 'expected_interval', ...TEXT_FIELDS] as const;

/** What lists of heartbeats can be sorted by, in either version of the API. */
export const SORT_FIELDS = ['_id', 'name', 'author', 'expected_interval', 'created', 'updated'] as const;

export type TextField = (typeof TEXT_FIELDS)[number];
export type SortField = (typeof SORT_FIELDS)[number];
