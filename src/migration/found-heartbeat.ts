import { mongo } from 'mongoose';
import { HeartbeatDto } from '../heartbeat/dto/heartbeat.dto';
import { isText } from '../domain/pattern';
import { unixSeconds } from '../domain/unix-time';
import { MAX_ID_BYTES, idText, isNameable } from '../heartbeat/stored-id';
import { validateSync } from '../util/class-validator';
import { isJsonObject } from '../util/json-object';
import { MAX_LINE_BYTES } from './lines';
import { oldRulesIn } from './old-form';

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
    'must be an object of texts, with at least one key, and no key that is empty, "__proto__", starts with "$" or holds "." or NUL, of at most 64 KiB as JSON',
  expected_interval: 'must be a whole number with s, m or h, such as "10s", from one second to ten years',
};
const MUST_BE_TEXT = 'must be a text';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a line: a heartbeat of Canopsis 3 or 4, or a form of before Canopsis 3.8, whose every mapping is the pattern of a heartbeat.
 * Times may be in MongoDB's extended JSON.
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
  if (!isJsonObject(document)) return [{ problem: 'not a JSON object' }];
  const fields: Fields = document;
  return mappingsOf(fields) ?? [heartbeatOf(fields)];
}

function heartbeatOf(fields: Fields): FoundHeartbeat | Problem {
  const id = idOf(fields._id);
  const created = timeOf(fields.created);
  const updated = timeOf(fields.updated);
  if (id === undefined) return { problem: '_id must be a text, an ObjectId, a number or a UUID' };
  if (id === '') return { problem: '_id must not be empty' };
  if (encodeURIComponent(id).length > MAX_ID_BYTES) return { problem: '_id is too long for a URL' };
  const heartbeat = new HeartbeatDto(fields);
  const wrong = wrongField(heartbeat);
  if (wrong !== undefined) return { problem: `${wrong} ${MUST[wrong] ?? MUST_BE_TEXT}` };
  if (created === null) return { problem: 'created must be a time, in unix seconds or ISO 8601' };
  if (updated === null) return { problem: 'updated must be a time, in unix seconds or ISO 8601' };
  return { id, heartbeat, created, updated };
}

/** @returns its text; undefined where it has none that calls can name */
function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return isText(value) ? value : undefined;
  try {
    const { id } = mongo.BSON.EJSON.deserialize({ id: value }, { relaxed: false }) as { id: unknown };
    const isSmall = id instanceof mongo.BSON.Int32 || id instanceof mongo.BSON.Double;
    const plain: unknown = isSmall ? id.valueOf() : id;
    return isNameable(plain) ? idText(plain) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns undefined for a document that is not of before Canopsis 3.8 */
function mappingsOf(fields: Fields): (FoundHeartbeat | Problem)[] | undefined {
  const rules = oldRulesIn(fields);
  return rules?.map((rule, index): FoundHeartbeat | Problem => {
    const mapping = rules.length === 1 ? undefined : index + 1;
    if (typeof rule === 'string') return { mapping, problem: rule };
    const heartbeat = new HeartbeatDto({ ...rule });
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
  try {
    const { time } = mongo.BSON.EJSON.deserialize({ time: value }) as { time: unknown };
    return unixSeconds(time) ?? null;
  } catch {
    return null;
  }
}
