import { CONTENT_FIELDS } from '../domain/heartbeat-fields';
import { isText, patternKey } from '../domain/pattern';
import { HeartbeatDto } from '../heartbeat/dto/heartbeat.dto';
import { validateSync } from '../util/class-validator';
import { isJsonObject } from '../util/json-object';
import { optionalPackage } from '../util/optional-package';
import { ApplyError } from './apply-error';
import { errorText } from '../util/error-text';

/** A heartbeat that a file asks for, valid as the API has it. */
export interface Wanted {
  /** Where it stands, such as `heartbeat 3`, from 1. */
  readonly where: string;
  /** Absent where the pattern alone says which one is meant. */
  readonly id?: string;
  readonly key: string;
  readonly heartbeat: HeartbeatDto;
}

/** What the package `yaml` is needed for. */
interface Yaml {
  parse(text: string, options: { maxAliasCount: number; logLevel: 'error' }): unknown;
}

/** More than any file of heartbeats has, and few enough that none of some lines becomes gigabytes. */
const MAX_ALIASES = 1_000;

/** What lists of the API have besides; it is the server's matter. */
const IGNORED = ['created', 'updated'];
const KNOWN: readonly string[] = ['_id', ...CONTENT_FIELDS, ...IGNORED];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a file of heartbeats: JSON or YAML, a list of them, or an object with it as `heartbeats`. Nothing in it is guessed: unknown
 * fields, and heartbeats that stand in it twice, are errors.
 * @param file its name, for what is said
 * @throws ApplyError that names everything that is wrong; MissingPackageError for YAML without the package `yaml`
 */
export function wantedIn(bytes: Uint8Array, file: string): Wanted[] {
  const items = listIn(parsed(textOf(bytes, file), file), file);
  const problems: string[] = [];
  const wanted = items.flatMap((item, index): Wanted[] => {
    const where = `heartbeat ${index + 1}`;
    const read = wantedOf(item, where);
    if (typeof read !== 'string') return [read];
    problems.push(`${where}: ${read}`);
    return [];
  });
  problems.push(...repeated(wanted));
  if (problems.length > 0) throw new ApplyError(`${file} cannot be applied:\n${problems.join('\n')}`);
  return wanted;
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApplyError(`${file} cannot be applied: it is not UTF-8`);
  }
}

/** JSON needs no package; whatever is no JSON is taken for YAML, unless its name says otherwise. */
function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (file.endsWith('.json'))
      throw new ApplyError(`${file} cannot be applied: it is not JSON: ${errorText(error)}`);
  }
  const yaml = optionalPackage<Yaml>('yaml', 'a file in YAML');
  try {
    return yaml.parse(text, { maxAliasCount: MAX_ALIASES, logLevel: 'error' });
  } catch (error) {
    throw new ApplyError(
      `${file} cannot be applied: it is neither JSON nor one YAML document: ${errorText(error)}`,
    );
  }
}

function listIn(document: unknown, file: string): unknown[] {
  if (Array.isArray(document)) return document;
  const { heartbeats, ...others } = isJsonObject(document) ? document : {};
  if (Array.isArray(heartbeats) && Object.keys(others).length === 0) return heartbeats;
  throw new ApplyError(
    `${file} cannot be applied: it must be a list of heartbeats, or an object whose one field, heartbeats, is such a list`,
  );
}

/** @returns the heartbeat, or what is wrong with it */
function wantedOf(item: unknown, where: string): Wanted | string {
  if (!isJsonObject(item)) return 'it must be an object';
  const unknown = Object.keys(item).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0)
    return `there is no field ${unknown.map((name) => JSON.stringify(name)).join(', ')}; the fields are ${KNOWN.join(', ')}`;
  const { _id } = item;
  if (_id !== undefined && !(isText(_id) && _id !== '')) return '_id must be a text that is not empty';
  const heartbeat = new HeartbeatDto(item);
  const [first] = validateSync(heartbeat, { stopAtFirstError: true });
  if (first) return Object.values(first.constraints ?? {}).join(' ') + quotesHint(item);
  return { where, id: _id, key: patternKey(heartbeat.pattern), heartbeat };
}

/** In YAML a number, `yes` or `null` is no text where nobody says so. */
function quotesHint({ pattern }: Fields): string {
  const values = isJsonObject(pattern) ? Object.values(pattern) : [];
  return values.some((value) => ['number', 'boolean'].includes(typeof value) || value === null)
    ? '; a number or a word like true must stand in quotes'
    : '';
}

function repeated(wanted: readonly Wanted[]): string[] {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const keyed = wanted.flatMap(({ where, id, key }) => [
    { where, what: '_id', value: `id ${id}`, given: id !== undefined },
    { where, what: 'pattern', value: `key ${key}`, given: true },
  ]);
  for (const { where, what, value, given } of keyed) {
    if (!given) continue;
    const first = seen.get(value);
    if (first === undefined) seen.set(value, where);
    else problems.push(`${where}: its ${what} is that of ${first}`);
  }
  return problems;
}
