import type { Document } from 'bson';
import { CommandError } from '../errors';
import { compileFilter, conditionsOf } from '../query/filters';
import type { Predicate } from '../storage/index-keys';
import { isDocument, type Path } from '../bson/values';

/** What one operator does at one path. */
export interface Step {
  operator: string;
  path: string;
  parts: Path;
  operand: unknown;
}

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

type Container = Document | unknown[];

/**
 * Where a path leads: containers with the key in each, through `$[]` and `$[name]`. Operators that create fields
 * create what is missing on the way; for the others a missing or unsuitable way leads nowhere.
 */
export function* places(
  root: Container,
  parts: readonly string[],
  step: Step,
  filters: Map<string, Predicate>,
  at = 0,
): Generator<[Container, string], void> {
  const part = parts[at] ?? '';
  const creating = CREATING.has(step.operator);
  const [, selector] = /^\$\[(.*)\]$/.exec(part) ?? [];
  if (selector !== undefined) {
    if (!Array.isArray(root))
      throw new CommandError(
        'BadValue',
        `The path to '${part}' must exist in the document and be an array in order to apply array updates`,
      );
    const matches = selector === '' ? undefined : filters.get(selector);
    for (let item = 0; item < root.length; item++)
      if (!matches || matches({ [selector]: root[item] as unknown }))
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
  parts: readonly string[],
  step: Step,
  filters: Map<string, Predicate>,
  at: number,
): Generator<[Container, string], void> {
  const creating = CREATING.has(step.operator);
  if (creating && !Array.isArray(root)) checkOrder(root, key, at === 0);
  if (at === parts.length - 1) {
    yield [root, key];
    return;
  }
  let child = own(root, key);
  if (child === undefined && creating) assign(root, key, (child = {}));
  if (isDocument(child) || Array.isArray(child)) yield* places(child, parts, step, filters, at + 1);
  else if (creating)
    throw new CommandError(
      'PathNotViable',
      `Cannot create field '${parts[at + 1]}' in element '${key}', on the path '${step.path}'`,
    );
}

/** A new field comes last, but JavaScript puts names like whole numbers in front (`_id` excepted, when it is encoded). */
function checkOrder(parent: Document, key: string, top: boolean): void {
  if (!/^\d/.test(key) || Object.hasOwn(parent, key)) return;
  const others = Object.keys(parent).filter((name) => !top || name !== '_id');
  if (Object.keys({ ...Object.fromEntries(others.map((name) => [name, 0])), [key]: 0 }).at(-1) !== key)
    throw new CommandError(
      'NotImplemented',
      `a field named like a whole number, as '${key}', can be added after smaller ones alone`,
    );
}

/** The field or element, unless it is inherited. */
export function own(parent: Container, key: string): unknown {
  return Object.hasOwn(parent, key) ? (parent as Record<string, unknown>)[key] : undefined;
}

/** Sets a field or an element, the missing elements before it to null; `undefined` removes. */
export function assign(parent: Container, key: string, value: unknown): void {
  if (Array.isArray(parent)) {
    if (Number(key) >= parent.length + 1_500_000)
      throw new CommandError('BadValue', `cannot fill an array up to position ${key}`);
    while (value !== undefined && parent.length < Number(key)) parent.push(null);
    if (value !== undefined || Number(key) < parent.length) parent[Number(key)] = value ?? null;
  } else if (value === undefined) delete parent[key];
  else if (Object.hasOwn(parent, key)) parent[key] = value;
  else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The path with `$` replaced by the position of the array element that the filter found. */
export function positioned({ parts, path }: Step, document: Document, filter: Document): readonly string[] {
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
