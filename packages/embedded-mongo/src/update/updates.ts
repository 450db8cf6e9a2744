import { ObjectId, type Document } from 'bson';
import { CommandError } from '../errors';
import { typed } from '../query/arithmetic';
import { compileFilter, conditionsOf } from '../query/filters';
import type { Predicate } from '../storage/index-keys';
import { equal } from '../bson/order';
import { compileStage } from '../query/stages';
import { updateOperators } from './operators';
import { assign, own, places, positioned, type Step } from './paths';
import { isDocument, pathOf, topOf } from '../bson/values';

/** Makes the new document from the present one, which stays as it is; `inserting` when an upsert has found none. */
export interface Update {
  (document: Document, inserting: boolean): Document;
  /** The top-level fields that it reads and changes; absent where that may be any. */
  readonly fields?: ReadonlySet<string>;
}

const PIPELINE_STAGES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith']);
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
    operator === '$rename' ? [parts, pathOf(String(operand))] : [parts],
  );
  const entered = new Set(paths.filter((parts) => parts.length > 1).map(([top]) => top));
  const compiled = (document: Document, inserting: boolean): Document => {
    const result = { ...document };
    for (const name of entered) if (Object.hasOwn(result, name)) result[name] = copy(result[name]);
    for (const step of steps) {
      if (step.operator === '$setOnInsert' && !inserting) continue;
      const operator = updateOperators[step.operator === '$setOnInsert' ? '$set' : step.operator];
      // The only one that is none of those that make a value of a value.
      if (!operator) rename(result, step);
      else {
        const parts = positioned(step, document, filter);
        for (const [parent, key] of places(result, parts, step, filters))
          assign(parent, key, operator(own(parent, key), step.operand, step.path));
      }
    }
    return result;
  };
  return Object.assign(compiled, { fields: new Set(paths.map(([top]) => top)) });
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

/**
 * The document that an upsert inserts, made from what the filter says by equality; an `_id` in any case first.
 * @throws CommandError ImmutableField where the filter and the update differ about the `_id`
 */
export function upserted(filter: Document, update: Update, replaces: boolean): Document {
  const base: Document = {};
  for (const { path, operator, operand } of conditionsOf(filter)) {
    if (operator !== '$eq' || (replaces && path !== '_id')) continue;
    const step = { operator: '$set', path, parts: pathOf(path), operand };
    for (const [parent, key] of places(base, step.parts, step, new Map())) assign(parent, key, operand);
  }
  const { _id, ...rest } = update(base, true);
  if (base._id !== undefined) checkSameId(base._id, _id);
  return { _id: _id === undefined ? new ObjectId() : (_id as unknown), ...rest };
}

/** @throws CommandError ImmutableField where an update has made another `_id` */
export function checkSameId(before: unknown, after: unknown): void {
  if (equal(after, before)) return;
  throw new CommandError(
    'ImmutableField',
    `Performing an update on the path '_id' would modify the immutable field '_id'`,
  );
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
      parts: pathOf(path),
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

function rename(document: Document, step: Step): void {
  if (typeof step.operand !== 'string')
    throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${step.path}`);
  for (const [parent, key] of places(document, step.parts, step, new Map())) {
    const value = own(parent, key);
    if (value === undefined) continue;
    assign(parent, key, undefined);
    const target = { ...step, operator: '$set', parts: pathOf(step.operand) };
    for (const [owner, name] of places(document, target.parts, target, new Map())) assign(owner, name, value);
  }
}

function compileArrayFilters(arrayFilters: Document[], steps: Step[]): Map<string, Predicate> {
  const filters = new Map<string, Predicate>();
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
    if (!path.startsWith('$')) return [topOf(path)];
    return Array.isArray(operand) ? operand.filter(isDocument).flatMap(namesIn) : [];
  });
}

function pipelineUpdate(stages: Document[]): Update {
  const pipeline = stages.map((stage) => {
    const [name = ''] = Object.keys(stage);
    if (!PIPELINE_STAGES.has(name))
      throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
    return compileStage(stage);
  });
  return (document) => {
    const [result] = pipeline.reduce<Document[]>((documents, stage) => stage(documents), [document]);
    return typed(result, document) as Document;
  };
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)]));
}
