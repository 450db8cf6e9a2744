import type { Document } from 'bson';
import { encode, pick } from '../bson/documents';
import { CommandError } from '../errors';
import { isTrue, withPlainNumbers } from './arithmetic';
import { evaluator } from './expressions';
import { excluding, fieldTree, flatPaths, including, withFields } from './field-trees';
import { elementTest } from './filters';
import { typeOrder } from '../bson/order';
import { isDocument, topOf } from '../bson/values';

/** Makes the bytes of a result from a found document, which need not be decoded for most. */
export interface Projector {
  (found: { readonly raw: Buffer; readonly document: Document }): Buffer;
  /** Whether it does without the decoded document. */
  readonly rawOnly?: boolean;
}

/** What a projection does with one field: it includes or excludes it, or makes something of what is there. */
type ProjectionField =
  | boolean
  | {
      make: (present: unknown, document: Document) => unknown;
      /** Whether what the projection does not name is then left out. */
      including: boolean;
      computed: boolean;
    };

const bad = (message: string): CommandError => new CommandError('BadValue', message);

/**
 * Compiles a projection (manual, "Project Fields to Return"). Whole fields are taken or left out byte for byte.
 * @throws CommandError BadValue, NotImplemented
 */
export function projector(projection: Document): Projector {
  if (Object.keys(projection).length === 0)
    return Object.assign(({ raw }: { raw: Buffer }) => raw, { rawOnly: true });
  const fields = projectionFields(projection, findOperator);
  if (!fields.every(([, field]) => typeof field === 'boolean')) {
    const shape = shaped(fields);
    return ({ document }) => encode(shape(document));
  }
  const flags = new Map(fields);
  const inclusion = isInclusion(fields);
  const keeps = (name: string): boolean =>
    (flags.get(name) as boolean | undefined) ?? (!inclusion || name === '_id');
  const nested = new Set(fields.flatMap(([path]) => (path.includes('.') ? [topOf(path)] : [])));
  if (nested.size === 0)
    return Object.assign(({ raw }: { raw: Buffer }) => pick(raw, keeps), { rawOnly: true });
  const shape = shaped(fields);
  return (found) => {
    // Few documents may have one of these fields.
    let hasNested = false;
    const whole = pick(found.raw, (name) => {
      hasNested ||= nested.has(name);
      return keeps(name);
    });
    return hasNested ? encode(shape(found.document)) : whole;
  };
}

/** Compiles the stage `$project`. @throws CommandError BadValue, NotImplemented */
export function projectStage(projection: Document): (document: Document) => Document {
  if (Object.keys(projection).length === 0)
    throw bad('projection specification must have at least one field');
  return shaped(projectionFields(projection, () => undefined));
}

function projectionFields(
  projection: Document,
  operatorOf: (path: string, operand: Document) => ProjectionField | undefined,
): [string, ProjectionField][] {
  return flatPaths(projection).map(([path, operand]): [string, ProjectionField] => {
    if (path.endsWith('.$') || path === '$')
      throw new CommandError(
        'NotImplemented',
        'the positional projection is not supported by the embedded MongoDB',
      );
    if (typeof operand === 'boolean') return [path, operand];
    if (typeOrder(operand) === 10) return [path, isTrue(operand)];
    const operator = isDocument(operand) ? operatorOf(path, operand) : undefined;
    if (operator !== undefined) return [path, operator];
    const evaluate = evaluator(operand);
    return [path, { make: (_present, document) => evaluate(document), including: true, computed: true }];
  });
}

/** Whether what is not named is left out; `_id` tells only when it is alone, and a `$slice` alone keeps all. */
function isInclusion(fields: [string, ProjectionField][]): boolean {
  const others = fields.filter(([path]) => path !== '_id');
  const flags = others.flatMap(([, field]) => (typeof field === 'boolean' ? [field] : []));
  if (flags.some((flag) => flag !== flags[0]))
    throw bad('Cannot do inclusion and exclusion in one projection, but for _id');
  const makes = others.some(([, field]) => typeof field === 'object' && field.including);
  if (flags[0] === false && makes) throw bad('Cannot compute fields in an exclusion projection');
  if (flags.length > 0 || makes) return flags[0] ?? true;
  const [, id] = fields.find(([path]) => path === '_id') ?? [];
  if (others.length > 0 && id === true)
    throw new CommandError(
      'NotImplemented',
      'a $slice with the _id alone is not supported by the embedded MongoDB',
    );
  return id === true || typeof id === 'object';
}

function shaped(fields: [string, ProjectionField][]): (document: Document) => Document {
  fieldTree(fields); // No path may be the beginning of another.
  const inclusion = isInclusion(fields);
  const made = fields.flatMap(([path, field]) => (typeof field === 'object' ? [[path, field] as const] : []));
  const whole = made.find(
    ([path, { computed }]) => computed && path.split('.').some((part) => /^\d/.test(part)),
  );
  if (whole)
    throw new CommandError(
      'NotImplemented',
      `computing '${whole[0]}', named like a whole number, is not supported by the embedded MongoDB`,
    );
  const idIsNamed = fields.some(([path]) => topOf(path) === '_id');
  // What is computed is not taken from the document, but what it lies in is.
  const paths = fields
    .filter(([, field]) => (field !== false) === inclusion)
    .map(([path, field]): [string, boolean] => [path, typeof field === 'boolean' || !field.computed]);
  const tree = fieldTree(inclusion && !idIsNamed ? [['_id', true], ...paths] : paths);
  const makes = fieldTree(made.map(([path, field]): [string, typeof field] => [path, field]));
  return (document) => {
    const kept = inclusion ? including(document, tree) : excluding(document, tree);
    return withFields(kept, makes, ({ make }, present) => make(present, document)) as Document;
  };
}

/** The operators that a find has beyond those of expressions. */
function findOperator(path: string, operand: Document): ProjectionField | undefined {
  if (Object.keys(operand).length > 1) throw bad(`more than one operator in the projection of '${path}'`);
  if ('$meta' in operand)
    throw new CommandError('NotImplemented', '$meta is not supported by the embedded MongoDB');
  if ('$elemMatch' in operand) {
    if (path.includes('.')) throw bad('Cannot use $elemMatch projection on a nested field');
    const test = elementTest(operand.$elemMatch);
    const first = (items: unknown[]): unknown => items.slice(items.findIndex(test)).slice(0, 1);
    const make = (present: unknown): unknown =>
      Array.isArray(present) && present.some(test) ? first(present as unknown[]) : undefined;
    return { make, including: true, computed: false };
  }
  const numbers = ([] as unknown[]).concat(withPlainNumbers(operand.$slice));
  if (!('$slice' in operand) || typeof numbers[0] === 'string') return undefined;
  if (
    numbers.length > 2 ||
    !numbers.every(Number.isInteger) ||
    (numbers.length === 2 && Number(numbers[1]) <= 0)
  )
    throw bad('$slice takes a whole number, or how many to skip and how many to take');
  const [first, count] = numbers as [number, number?];
  return {
    including: false,
    computed: false,
    make: (present) => {
      if (!Array.isArray(present)) return present;
      const items = present as unknown[];
      if (count === undefined) return first < 0 ? items.slice(first) : items.slice(0, first);
      const start = first < 0 ? Math.max(0, items.length + first) : first;
      return items.slice(start, start + count);
    },
  };
}
