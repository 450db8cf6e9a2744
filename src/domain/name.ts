import { hash } from 'node:crypto';

/** What the unique index on names holds: SHA-256 in base64url, as for patterns. */
export const nameKey = (name: string): string => hash('sha256', name, 'base64url');
