import { signal } from '@preact/signals';

/** Counts what was done to windows here: the list is read again then. */
export const changes = signal(0);

/** @returns the path of one window, below the API */
export const windowPath = (id: string): string => `heartbeat-maintenance/${encodeURIComponent(id)}`;
