import { intervalSeconds } from '../../domain/interval';
import { type Pattern, isNewPattern, isText } from '../../domain/pattern';
import { isJsonObject } from '../../util/json-object';
import { MAX_TEXT_LENGTH, type V4Generation, lengthOf } from './generation';
import { exactInterval, intervalProblem } from './interval-text';
import { V4Error, invalidRequest, invalidStructure } from './v4-error';

/** A heartbeat that is as it should be. */
export interface V4Heartbeat {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly output: string;
  readonly pattern: Pattern;
  /** In the largest exact unit. */
  readonly expected_interval: string;
}

/** What a body, or an item of a bulk, says, and what is wrong with it; the stored heartbeats are yet to be asked. */
export interface V4Item {
  /** The id that the client gives; undefined where it gives none. */
  readonly id?: string;
  /** Where it can be one: other heartbeats may have it. */
  readonly name?: string;
  /** Where nothing is wrong. */
  readonly heartbeat?: V4Heartbeat;
  /** By field; empty where nothing is wrong. */
  readonly problems: Record<string, string>;
}

/** What is read besides the heartbeat: the id of a new one, or of one to be replaced, or none, which then is in the path. */
export type IdRule = 'new' | 'existing' | 'none';

/** How bodies are read. */
export interface BodyRules {
  readonly id: IdRule;
  readonly generation: V4Generation;
  /** Who calls; undefined where nobody knows. */
  readonly caller?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a body that was JSON.
 * @param value undefined where there is none to be read
 * @throws V4Error 400 `request has invalid structure`
 */
export function readItem(value: unknown, rules: BodyRules): V4Item {
  const fields = objectOf(value, 'the body');
  const problems: Record<string, string> = {};
  const id = readId(fields._id, rules, problems);
  const name = readText(fields.name, 'Name', problems);
  const description = readText(fields.description, 'Description', problems);
  const author = readAuthor(fields.author, rules, problems);
  const output = optionalText(fields.output, 'output') ?? '';
  if (lengthOf(output) > MAX_TEXT_LENGTH) problems.output = `Output should be ${MAX_TEXT_LENGTH} or less.`;
  const pattern = readPattern(fields.pattern, problems);
  const expected_interval = readInterval(fields.expected_interval, problems);
  if (Object.keys(problems).length > 0)
    return { id, name: problems.name === undefined ? name : undefined, problems };
  return { id, name, heartbeat: { name, description, author, output, pattern, expected_interval }, problems };
}

/**
 * Reads the body of a bulk that was JSON.
 * @throws V4Error 400 `request has invalid structure`, `Items is missing.` and `Items should not be blank.`
 */
export function readItems(value: unknown, rules: BodyRules): V4Item[] {
  if (value === undefined || value === null) throw invalidRequest('Items is missing.');
  if (!Array.isArray(value)) throw invalidStructure('the body must be an array');
  const items = value.map((item, index) => inItem(index, () => readItem(item, rules)));
  if (items.length === 0) throw invalidRequest('Items should not be blank.');
  return items;
}

/**
 * Reads the body of a bulk removal that was JSON.
 * @throws V4Error 400 `request has invalid structure`, `IDs is missing.` and `IDs should not be blank.`
 */
export function readIds(value: unknown): string[] {
  const { ids } = objectOf(value, 'the body');
  if (ids === undefined || ids === null) throw invalidRequest('IDs is missing.');
  if (!Array.isArray(ids) || !ids.every(isText)) throw invalidStructure('ids must be an array of texts');
  if (ids.length === 0) throw invalidRequest('IDs should not be blank.');
  return ids;
}

/** Says of what is told in a header which item it is about. */
function inItem<T>(index: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { Problem } = error instanceof V4Error ? error.headers : {};
    throw Problem === undefined ? error : invalidStructure(`item ${index}: ${Problem}`);
  }
}

/** @throws V4Error 400 for anything but an object or nothing */
function objectOf(value: unknown, called: string): Fields {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw invalidStructure(`${called} must be an object`);
  return value;
}

/** @throws V4Error 400 for anything but a text or nothing */
function optionalText(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isText(value)) throw invalidStructure(`${field} must be a text`);
  return value;
}

function readText(value: unknown, called: string, problems: Record<string, string>): string {
  const field = called.toLowerCase();
  const text = optionalText(value, field) ?? '';
  if (text === '') problems[field] = `${called} is missing.`;
  else if (lengthOf(text) > MAX_TEXT_LENGTH)
    problems[field] = `${called} should be ${MAX_TEXT_LENGTH} or less.`;
  return text;
}

function readAuthor(
  value: unknown,
  { generation, caller }: BodyRules,
  problems: Record<string, string>,
): string {
  if (!generation.authorIsCaller) return readText(value, 'Author', problems);
  return caller ?? (isText(value) ? value : '');
}

function readId(
  value: unknown,
  { id: rule, generation }: BodyRules,
  problems: Record<string, string>,
): string | undefined {
  if (rule === 'none') return undefined;
  const id = optionalText(value, '_id') ?? '';
  const problem = rule === 'new' ? generation.idProblem(id) : id === '' ? 'ID is missing.' : undefined;
  if (problem !== undefined) problems._id = problem;
  return id === '' || problem !== undefined ? undefined : id;
}

function readPattern(value: unknown, problems: Record<string, string>): Pattern {
  const pattern = objectOf(value, 'pattern');
  const texts = Object.entries(pattern);
  if (!texts.every(([key, text]) => isText(text) && key.isWellFormed()))
    throw invalidStructure('pattern must have texts as keys and values');
  if (value === undefined || value === null) problems.pattern = 'Pattern is missing.';
  else if (texts.length === 0) problems.pattern = 'Pattern should not be blank.';
  else if (!isNewPattern(pattern)) problems.pattern = 'Pattern is invalid.';
  return pattern as Pattern;
}

function readInterval(value: unknown, problems: Record<string, string>): string {
  if (value !== undefined && (!isText(value) || value === ''))
    throw invalidStructure('expected_interval must be a text that is not empty');
  const problem = intervalProblem(value);
  if (problem !== undefined) problems.expected_interval = problem;
  return exactInterval(intervalSeconds(value) ?? 0);
}
