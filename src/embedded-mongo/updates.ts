import { ObjectId, type Document } from 'bson';
import { aggregate } from 'mingo';
import { isDocument } from './documents';
import { CommandError } from './errors';
import { expression, mergingStage, typed, withPlainNumbers } from './expressions';
import { compileFilter, conditionsOf, type Filter } from './filters';
import { updateOperators } from './update-operators';

/** Makes the new document from the present one, which stays as it is; `inserting` when an upsert has found none. */
export type Update = (document: Document, inserting: boolean) => Document;

interface Step {
  operator: string;
  path: string;
  parts: string[];
  operand: unknown;
}

const PIPELINE_STAGES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith']);
const CREATING = new Set([
  '$set',
  '$setOnInsert',
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$push',
  '$addToSet',
  '$currentDate',
  '$bit',
]);

const failed = (message: string): CommandError => new CommandError('FailedToParse', message);

/**
 * Compiles an update document, a replacement or an update pipeline (manual, "update").
 * @param filter the query of the same command, for the positional operator `$`
 * @throws CommandError FailedToParse, ConflictingUpdateOperators and others where the update is not valid
 */
export function compileUpdate(update: unknown, filter: Document, arrayFilters: Document[] = []): Update {
  if (Array.isArray(update)) return pipelineUpdate(update as Document[]);
  if (!isDocument(update)) throw failed('Update argument must be either an object or an array');
  const steps = stepsOf(update);
  const filters = compileArrayFilters(arrayFilters, steps);
  // The operators themselves make new values; what a path goes into is changed in place.
  const paths = steps.flatMap(({ operator, parts, operand }) =>
    operator === '$rename' ? [parts, String(operand).split('.')] : [parts],
  );
  const entered = new Set(paths.filter((parts) => parts.length > 1).map(([top]) => top));
  return (document, inserting) => {
    const result = { ...document };
    for (const name of entered) if (Object.hasOwn(result, name)) result[name] = copy(result[name]);
    for (const step of steps) {
      if (step.operator === '$setOnInsert' && !inserting) continue;
      if (step.operator === '$rename') rename(result, step);
      else {
        const operator = updateOperators[step.operator === '$setOnInsert' ? '$set' : step.operator];
        const parts = positioned(step, document, filter);
        for (const [parent, key] of places(result, parts, step, filters))
          assign(parent, key, operator(own(parent, key), step.operand, step.path));
      }
    }
    return result;
  };
}

/** Whether an update replaces the whole document. */
export function isReplacement(update: unknown): boolean {
  return isDocument(update) && !Object.keys(update)[0]?.startsWith('$');
}

/** The replacement, with the present `_id` in front. @throws CommandError DollarPrefixedFieldName */
export function replacement(update: Document): Update {
  const dollar = Object.keys(update).find((name) => name.startsWith('$'));
  if (dollar)
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' is not allowed in a replacement`,
    );
  return (document) => ({ ...('_id' in document ? { _id: document._id as unknown } : {}), ...update });
}

/** The document that an upsert begins with: what the filter says by equality, an `_id` in any case first. */
export function upserted(filter: Document, update: Update, replaces: boolean): Document {
  const base: Document = {};
  for (const { path, operator, operand } of conditionsOf(filter)) {
    if (operator !== '$eq' || (replaces && path !== '_id')) continue;
    const step = { operator: '$set', path, parts: path.split('.'), operand };
    for (const [parent, key] of places(base, step.parts, step, new Map())) assign(parent, key, operand);
  }
  const { _id, ...rest } = update(base, true);
  return { _id: _id === undefined ? new ObjectId() : (_id as unknown), ...rest };
}

function stepsOf(update: Document): Step[] {
  const steps = Object.entries(update).flatMap(([operator, operands]) => {
    const renames = operator === '$rename';
    if (!Object.hasOwn(updateOperators, operator) && operator !== '$setOnInsert' && !renames)
      throw failed(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    if (!isDocument(operands))
      throw failed(`Modifiers operate on fields but we found another type instead: ${operator}`);
    return Object.entries(operands).map(([path, operand]) => ({
      operator,
      path,
      parts: path.split('.'),
      operand: operand as unknown,
    }));
  });
  const taken: string[] = [];
  for (const { path, parts, operator, operand } of steps) {
    if (parts.includes(''))
      throw new CommandError('EmptyFieldName', `The update path '${path}' contains an empty field name`);
    const paths = operator === '$rename' ? [path, String(operand)] : [path];
    for (const one of paths) {
      const conflict = taken.find(
        (other) => `${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`),
      );
      if (conflict !== undefined)
        throw new CommandError(
          'ConflictingUpdateOperators',
          `Updating the path '${one}' would create a conflict at '${conflict}'`,
        );
      taken.push(one);
    }
  }
  return steps.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Container = Document | unknown[];

/**
 * Where a path leads: containers with the key in each, through `$[]` and `$[name]`. Operators that create fields
 * create what is missing on the way; for the others a missing or unsuitable way leads nowhere.
 */
function* places(
  root: Container,
  parts: string[],
  step: Step,
  filters: Map<string, Filter>,
  at = 0,
): Generator<[Container, string], void> {
  const part = parts[at];
  const creating = CREATING.has(step.operator);
  const selector = /^\$\[(.*)\]$/.exec(part);
  if (selector) {
    if (!Array.isArray(root))
      throw new CommandError(
        'BadValue',
        `The path to '${part}' must exist in the document and be an array in order to apply array updates`,
      );
    const matches = selector[1] === '' ? undefined : filters.get(selector[1]);
    for (let item = 0; item < root.length; item++)
      if (!matches || matches({ [selector[1]]: root[item] as unknown }))
        yield* descend(root, String(item), parts, step, filters, at);
  } else if (Array.isArray(root) && !/^\d+$/.test(part)) {
    if (creating)
      throw new CommandError(
        'PathNotViable',
        `Cannot create field '${part}' in an array, on the path '${step.path}'`,
      );
  } else yield* descend(root, part, parts, step, filters, at);
}

function* descend(
  root: Container,
  key: string,
  parts: string[],
  step: Step,
  filters: Map<string, Filter>,
  at: number,
): Generator<[Container, string], void> {
  if (at === parts.length - 1) {
    yield [root, key];
    return;
  }
  const creating = CREATING.has(step.operator);
  let child = own(root, key);
  if (child === undefined && creating) assign(root, key, (child = {}));
  if (isDocument(child) || Array.isArray(child)) yield* places(child, parts, step, filters, at + 1);
  else if (creating)
    throw new CommandError(
      'PathNotViable',
      `Cannot create field '${parts[at + 1]}' in element '${key}', on the path '${step.path}'`,
    );
}

function own(parent: Container, key: string): unknown {
  return Object.hasOwn(parent, key) ? (parent as Record<string, unknown>)[key] : undefined;
}

function assign(parent: Container, key: string, value: unknown): void {
  if (Array.isArray(parent)) {
    if (Number(key) >= parent.length + 1_500_000)
      throw new CommandError('BadValue', `cannot fill an array up to position ${key}`);
    while (value !== undefined && parent.length < Number(key)) parent.push(null);
    if (value !== undefined || Number(key) < parent.length) parent[Number(key)] = value ?? null;
  } else if (value === undefined) delete parent[key];
  else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function rename(document: Document, step: Step): void {
  if (typeof step.operand !== 'string')
    throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${step.path}`);
  for (const [parent, key] of places(document, step.parts, step, new Map())) {
    const value = own(parent, key);
    if (value === undefined) continue;
    assign(parent, key, undefined);
    const target = { ...step, operator: '$set', parts: step.operand.split('.') };
    for (const [owner, name] of places(document, target.parts, target, new Map())) assign(owner, name, value);
  }
}

/** The path with `$` replaced by the position of the array element that the filter found. */
function positioned({ parts, path }: Step, document: Document, filter: Document): string[] {
  const at = parts.indexOf('$');
  if (at === -1) return parts;
  const array = parts.slice(0, at).join('.');
  const conditions = conditionsOf(filter).filter((condition) => `${condition.path}.`.startsWith(`${array}.`));
  const matches = conditions.map(({ path, operator, operand }) => {
    const rest = path.slice(array.length + 1);
    if (operator === '$elemMatch' && rest === '') return compileFilter({ item: { $elemMatch: operand } });
    return compileFilter({ [rest === '' ? 'item' : `item.${rest}`]: { [operator]: operand } });
  });
  const items = parts.slice(0, at).reduce<unknown>((value, part) => own(value ?? {}, part), document);
  const found = Array.isArray(items)
    ? items.findIndex((item: unknown) => matches.every((match) => match({ item: [item] })))
    : -1;
  if (conditions.length === 0 || found === -1)
    throw new CommandError(
      'BadValue',
      `The positional operator did not find the match needed from the query: '${path}'`,
    );
  return parts.map((part, index) => (index === at ? String(found) : part));
}

function compileArrayFilters(arrayFilters: Document[], steps: Step[]): Map<string, Filter> {
  const filters = new Map<string, Filter>();
  for (const filter of arrayFilters) {
    const [name, ...others] = new Set(namesIn(filter));
    if (!name || others.length > 0 || filters.has(name))
      throw failed('each array filter needs one name, and a name of its own');
    if (!steps.some(({ parts }) => parts.includes(`$[${name}]`)))
      throw failed(`The array filter for identifier '${name}' was not used in the update`);
    filters.set(name, compileFilter(filter));
  }
  const used = steps.flatMap(({ parts }) => parts.flatMap((part) => /^\$\[(.+)\]$/.exec(part)?.[1] ?? []));
  const unknown = used.find((name) => !filters.has(name));
  if (unknown) throw new CommandError('BadValue', `No array filter found for identifier '${unknown}'`);
  return filters;
}

/** What the paths of an array filter begin with, those within `$and` and its like as well. */
function namesIn(filter: Document): string[] {
  return Object.entries(filter).flatMap(([path, operand]: [string, unknown]) => {
    if (!path.startsWith('$')) return [path.split('.')[0]];
    return Array.isArray(operand) ? operand.filter(isDocument).flatMap(namesIn) : [];
  });
}

function pipelineUpdate(stages: Document[]): Update {
  const pipeline = stages.map((stage) => {
    const [name] = Object.keys(stage);
    if (!PIPELINE_STAGES.has(name))
      throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
    return mergingStage(expression(stage) as Document);
  });
  return (document) => {
    const [result] = aggregate([withPlainNumbers(document)], pipeline, { scriptEnabled: false });
    return typed(result, document) as Document;
  };
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)]));
}
