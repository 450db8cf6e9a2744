import type { ShownFields } from '../../domain/dialect';
import { unixSeconds } from '../../domain/unix-time';
import { shownInterval } from './interval-text';

/** A heartbeat as version 4 answers it: always these nine fields. */
export interface V4Document {
  readonly _id: string;
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly pattern: Readonly<Record<string, string>>;
  /** In the largest exact unit. */
  readonly expected_interval: string;
  readonly output: string;
  /** Unix seconds; null where nobody knows. */
  readonly created: number | null;
  /** Unix seconds; null where nobody knows. */
  readonly updated: number | null;
}

/** @returns a heartbeat as version 4 shows it, whoever stored it */
export const v4Document = (stored: ShownFields): V4Document => ({
  _id: stored._id,
  name: textOf(stored.name),
  description: textOf(stored.description),
  author: textOf(stored.author),
  pattern: stored.pattern ?? {},
  expected_interval: shownInterval(stored.expected_interval),
  output: textOf(stored.output),
  created: timeOf(stored.created),
  updated: timeOf(stored.updated),
});

// Other programs may have written anything.
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const timeOf = (value: unknown): number | null => unixSeconds(value) ?? null;
