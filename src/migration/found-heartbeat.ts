import { EJSON } from 'bson';
import { validateSync } from 'class-validator';
import { HeartbeatDto } from '../heartbeat/dto/heartbeat.dto';
import { isText } from '../heartbeat/pattern';
import { MAX_LINE_BYTES } from './lines';

/**
 * The longest id, percent-encoded, in bytes: with it, the head of a request still fits into the 16 KiB that Node takes.
 */
export const MAX_ID_BYTES = 15 * 1024;

/** The last moment that JavaScript knows, in unix seconds. */
const MAX_TIME = 8.64e12;

/** A heartbeat that stands in a line, valid as the API has it. */
export interface FoundHeartbeat {
  /** Where a document of the form before Canopsis 3.8 has several: which, from 1. */
  readonly mapping?: number;
  /** Absent in the form before Canopsis 3.8. */
  readonly id?: string;
  readonly heartbeat: HeartbeatDto;
  /** Unix seconds; absent where the line does not say. */
  readonly created?: number;
  /** Unix seconds; absent where the line does not say. */
  readonly updated?: number;
}

/** Why there is no heartbeat. */
export interface Problem {
  readonly mapping?: number;
  readonly problem: string;
}

/** What is said of a JSON array, where a document should be. */
export const ARRAY_PROBLEM =
  'this is a JSON array; JSON Lines are needed, one document on each line (mongoexport without --jsonArray)';

const MUST: Readonly<Record<string, string>> = {
  pattern:
    'must be an object of texts, with at least one key, and no key that is empty, "__proto__", starts with "$" or holds "." or NUL',
  expected_interval: 'must be a whole number with s, m or h, such as "10s", from one second to ten years',
};
const MUST_BE_TEXT = 'must be a text';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a line: a heartbeat of Canopsis 3 or 4, or the form before Canopsis 3.8, `{"mappings":[{…}],"maxduration":"10s"}`, whose
 * every mapping is the pattern of a heartbeat. Times may be in MongoDB's extended JSON.
 * @param bytes undefined for a line that is too long
 * @returns nothing for a blank line
 */
export function heartbeatsIn(bytes: Buffer | undefined): (FoundHeartbeat | Problem)[] {
  if (bytes === undefined) return [{ problem: `the line is longer than ${MAX_LINE_BYTES} bytes` }];
  let document: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.trim() === '') return [];
    if (text.trimStart().startsWith('[')) return [{ problem: ARRAY_PROBLEM }];
    document = JSON.parse(text);
  } catch (error) {
    return [{ problem: error instanceof SyntaxError ? `not JSON: ${error.message}` : 'not UTF-8' }];
  }
  if (typeof document !== 'object' || document === null) return [{ problem: 'not a JSON object' }];
  const fields = document as Fields;
  const isOld = !('pattern' in fields) && ('mappings' in fields || 'maxduration' in fields);
  return isOld ? mappingsOf(fields) : [heartbeatOf(fields)];
}

function heartbeatOf(fields: Fields): FoundHeartbeat | Problem {
  const { _id: id } = fields;
  const created = timeOf(fields.created);
  const updated = timeOf(fields.updated);
  if (!isText(id)) return { problem: '_id must be a text' };
  if (id === '') return { problem: '_id must not be empty' };
  if (encodeURIComponent(id).length > MAX_ID_BYTES) return { problem: '_id is too long for a URL' };
  const heartbeat = new HeartbeatDto(fields);
  const wrong = wrongField(heartbeat);
  if (wrong !== undefined) return { problem: `${wrong} ${MUST[wrong] ?? MUST_BE_TEXT}` };
  if (created === null) return { problem: 'created must be a time, in unix seconds' };
  if (updated === null) return { problem: 'updated must be a time, in unix seconds' };
  return { id, heartbeat, created, updated };
}

function mappingsOf({ mappings, maxduration }: Fields): (FoundHeartbeat | Problem)[] {
  if (!Array.isArray(mappings) || mappings.length === 0) {
    return [{ problem: 'mappings must be an array of patterns, with at least one' }];
  }
  return mappings.map((pattern: unknown, index): FoundHeartbeat | Problem => {
    const mapping = mappings.length === 1 ? undefined : index + 1;
    const heartbeat = new HeartbeatDto({ pattern, expected_interval: maxduration });
    const wrong = wrongField(heartbeat);
    if (wrong === undefined) return { mapping, heartbeat };
    const name = wrong === 'pattern' ? 'mapping' : 'maxduration';
    return { mapping, problem: `${name} ${MUST[wrong] ?? MUST_BE_TEXT}` };
  });
}

const wrongField = (heartbeat: HeartbeatDto): string | undefined =>
  validateSync(heartbeat, { stopAtFirstError: true })[0]?.property;

/** @returns undefined where there is none, null where it is no time */
function timeOf(value: unknown): number | undefined | null {
  if (value === undefined || value === null) return undefined;
  let time: unknown;
  try {
    ({ time } = EJSON.deserialize({ time: value }) as { time: unknown });
  } catch {
    return null;
  }
  const seconds = time instanceof Date ? time.getTime() / 1000 : time;
  // Whole ones, as the API has them.
  return typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_TIME ? Math.floor(seconds) : null;
}
