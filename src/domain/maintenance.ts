import { isJsonObject } from '../util/json-object';
import { MAX_INTERVAL_SECONDS, intervalSeconds } from './interval';
import { type Pattern, isText, patternProblem } from './pattern';
import { LAST_SECOND } from './pause';
import { cronProblem, isTimeZone } from './recurrence';

/** How many characters (Unicode code points) the name of a window has at most. */
export const LONGEST_NAME = 255;
/** The longest pattern of a window, as JSON in UTF-8: every engine reads all windows again and again. */
export const MAX_PART_BYTES = 4_096;

/** The fields that say when a window holds. */
export const SCHEDULE_FIELDS = ['from', 'to', 'cron', 'timezone', 'duration'] as const;

/** A window that comes once. Unix seconds. */
export interface OnceFields {
  readonly from: number;
  readonly to: number;
}

/** A window that comes again and again, for as long, whenever the clock of a time zone shows what the expression says. */
export interface RecurringFields {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA's name of it. */
  readonly timezone: string;
  /** As a heartbeat's interval is written. */
  readonly duration: string;
}

/** A time in which heartbeats are not watched. */
export type Maintenance = {
  readonly name: string;
  /** Which heartbeats: those whose patterns have all of these fields, with these values; null: all. */
  readonly pattern: Pattern | null;
} & (OnceFields | RecurringFields);

/** A window as it is stored. */
export type StoredMaintenance = { readonly _id: string } & Maintenance & {
    /** Unix seconds. */
    readonly created: number;
    /** Unix seconds. */
    readonly updated: number;
  };

/** Whether a window is for heartbeats with this pattern. */
export const covers = (
  { pattern: part }: Pick<Maintenance, 'pattern'>,
  pattern: Readonly<Pattern>,
): boolean =>
  part === null ||
  Object.keys(part).every((key) => Object.hasOwn(pattern, key) && pattern[key] === part[key]);

/**
 * Reads what should be a window: a body, or what is stored, where another program may have written anything. `null` counts as
 * absent; other fields are ignored.
 * @returns it, or what is wrong with it: a field, and its rule
 */
export function readMaintenance(given: unknown): Maintenance | { readonly problem: string } {
  if (!isJsonObject(given)) return { problem: 'the body must be an object' };
  const { name, pattern } = given;
  const problem = nameProblem(name) ?? partProblem(pattern);
  if (problem !== undefined) return { problem };
  const schedule = readSchedule(given);
  if ('problem' in schedule) return schedule;
  return { name: name as string, pattern: (pattern ?? null) as Pattern | null, ...schedule };
}

function nameProblem(name: unknown): string | undefined {
  if (!isText(name))
    return `name must be a text${typeof name === 'string' ? ' without half a surrogate pair' : ''}`;
  const { length } = Array.from(name);
  return length >= 1 && length <= LONGEST_NAME ? undefined : `name must have 1 to ${LONGEST_NAME} characters`;
}

function partProblem(part: unknown): string | undefined {
  if (part === undefined || part === null) return undefined;
  const problem = patternProblem(part);
  if (problem !== undefined) return `pattern ${problem}`;
  const isShort = Buffer.byteLength(JSON.stringify(part)) <= MAX_PART_BYTES;
  return isShort ? undefined : `pattern must have at most ${MAX_PART_BYTES} bytes as JSON`;
}

const BOTH = 'from and to, or cron, timezone and duration: a window has either';

function readSchedule(
  given: Readonly<Record<string, unknown>>,
): OnceFields | RecurringFields | { readonly problem: string } {
  const { from, to, cron, timezone, duration } = given;
  const isOnce = (from ?? to ?? null) !== null;
  const recurs = (cron ?? timezone ?? duration ?? null) !== null;
  if (isOnce === recurs) return { problem: BOTH };
  if (isOnce) {
    if (!isTime(from)) return { problem: 'from must be a time in unix seconds' };
    if (!isTime(to)) return { problem: 'to must be a time in unix seconds' };
    return to > from ? { from, to } : { problem: 'to must be later than from' };
  }
  const zone = timezone ?? 'UTC';
  if (!isTimeZone(zone)) return { problem: 'timezone must be the name of a time zone, as Europe/Paris' };
  if (intervalSeconds(duration) === undefined) {
    const most = MAX_INTERVAL_SECONDS / 3_600;
    return { problem: `duration must be a whole number above 0 with s, m or h, at most ${most}h, as a text` };
  }
  const problem = cronProblem(cron);
  if (problem !== undefined) return { problem: `cron ${problem}` };
  return { cron: cron as string, timezone: zone, duration: duration as string };
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= LAST_SECOND;
