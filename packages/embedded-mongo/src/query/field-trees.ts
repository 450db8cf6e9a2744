import type { Document } from 'bson';
import { CommandError } from '../errors';
import { isDocument } from '../bson/values';

/** Paths, divided at their dots: what is to be done at the end of each. */
export type FieldTree<Leaf> = Map<string, Branch<Leaf>>;
type Branch<Leaf> = { leaf: Leaf } | { fields: FieldTree<Leaf> };

/** @throws CommandError BadValue where one path is the beginning of another, or is none */
export function fieldTree<Leaf>(paths: Iterable<[string, Leaf]>): FieldTree<Leaf> {
  const tree: FieldTree<Leaf> = new Map();
  for (const [path, leaf] of paths) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    if ([...parts, last].some((part) => part === '' || part.startsWith('$')))
      throw new CommandError('BadValue', `'${path}' is no path of a field`);
    let fields = tree;
    for (const part of parts) {
      const branch = fields.get(part) ?? { fields: new Map<string, Branch<Leaf>>() };
      if ('leaf' in branch) throw collision(path);
      fields.set(part, branch);
      fields = branch.fields;
    }
    if (fields.has(last)) throw collision(path);
    fields.set(last, { leaf });
  }
  return tree;
}

const collision = (path: string): CommandError => new CommandError('BadValue', `Path collision at ${path}`);

/** `{a: {b: 1}}` says the same as `{'a.b': 1}`; operators are left as they are. @throws CommandError BadValue */
export function flatPaths(fields: Document, before = ''): [string, unknown][] {
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) => {
    if (!isDocument(value) || Object.keys(value)[0]?.startsWith('$')) return [[before + name, value]];
    if (Object.keys(value).length === 0)
      throw new CommandError('BadValue', `an empty object is not a valid value: ${before}${name}`);
    return flatPaths(value, `${before}${name}.`);
  });
}

/** The fields alone that are named with `true`, through arrays of arrays; what is no document within an array is left out. */
export function including(value: unknown, tree: FieldTree<boolean>): unknown {
  if (Array.isArray(value))
    return value
      .filter((item) => isDocument(item) || Array.isArray(item))
      .map((item) => including(item, tree));
  return changed(value as Document, (name, field) => {
    const branch = tree.get(name);
    if (!branch || 'leaf' in branch) return branch?.leaf ? field : undefined;
    return isDocument(field) || Array.isArray(field) ? including(field, branch.fields) : undefined;
  });
}

/** All but the named fields, through arrays of arrays. */
export function excluding(value: unknown, tree: FieldTree<unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => excluding(item, tree));
  if (!isDocument(value)) return value;
  return changed(value, (name, field) => {
    const branch = tree.get(name);
    if (!branch) return field;
    return 'leaf' in branch ? undefined : excluding(field, branch.fields);
  });
}

/**
 * With what `valueOf` makes of each leaf at its path, through arrays of arrays; `undefined` removes the field. What is no
 * document on the way becomes one.
 */
export function withFields<Leaf>(
  value: unknown,
  tree: FieldTree<Leaf>,
  valueOf: (leaf: Leaf, present: unknown) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item) => withFields(item, tree, valueOf));
  const fields = new Map<string, unknown>(Object.entries(isDocument(value) ? value : {}));
  for (const [name, branch] of tree) {
    const present = fields.get(name);
    const next =
      'leaf' in branch ? valueOf(branch.leaf, present) : withFields(present, branch.fields, valueOf);
    if (next === undefined) fields.delete(name);
    else fields.set(name, next);
  }
  return Object.fromEntries(fields);
}

function changed(document: Document, change: (name: string, field: unknown) => unknown): Document {
  const fields = Object.entries(document).map(([name, field]): [string, unknown] => [
    name,
    change(name, field),
  ]);
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}
