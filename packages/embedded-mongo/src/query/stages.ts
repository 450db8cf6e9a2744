import type { Document } from 'bson';
import type { Collection } from '../storage/collection';
import { decode } from '../bson/documents';
import { CommandError } from '../errors';
import { evaluator } from './expressions';
import { excluding, fieldTree, flatPaths, withFields } from './field-trees';
import { compileFilter } from './filters';
import { groupStage } from './groups';
import { wholeNumber } from '../bson/typed-fields';
import { resolvePath } from '../bson/order';
import { projectStage } from './projection';
import { inOrder } from './reader';
import { isDocument, pathOf } from '../bson/values';

/** Gives the collection of that name in the same database. */
export type CollectionOf = (name: string) => Collection | undefined;
/** What a stage makes of the documents that come to it. */
export type Stage = (documents: Document[]) => Document[];

const bad = (message: string): CommandError => new CommandError('BadValue', message);

/**
 * Compiles a stage that computes (manual, "Aggregation Stages").
 * @throws CommandError
 */
export function compileStage(stage: Document, collectionOf: CollectionOf = () => undefined): Stage {
  const [[name, operand] = ['', undefined]] = Object.entries(stage) as [string, unknown][];
  switch (name) {
    case '$project':
      return each(projectStage(documentOf(operand, name)));
    case '$set':
    case '$addFields':
      return each(settingFields(documentOf(operand, name)));
    case '$unset':
      return each(withoutFields(operand));
    case '$group':
      return groupStage(operand);
    case '$sortByCount': {
      const group = groupStage({ _id: operand, count: { $sum: 1 } });
      return (documents) => inOrder(group(documents), { count: -1 });
    }
    case '$replaceRoot':
      return each(rootOf(documentOf(operand, name).newRoot));
    case '$replaceWith':
      return each(rootOf(operand));
    case '$unwind':
      return unwound(operand);
    case '$lookup':
      return lookedUp(documentOf(operand, name), collectionOf);
    case '$sample':
      return sampled(wholeNumber(documentOf(operand, name), 'size', 0));
  }
  throw new CommandError('NotImplemented', `the stage '${name}' is not supported by the embedded MongoDB`);
}

const each =
  (change: (document: Document) => Document): Stage =>
  (documents) =>
    documents.map(change);

function documentOf(value: unknown, name: string): Document {
  if (!isDocument(value)) throw bad(`the ${name} specification must be an object`);
  return value;
}

/** A path sets its field in each document of an array; `{a: {b: 1}}` sets `a.b` and keeps the rest of `a`. */
function settingFields(fields: Document): (document: Document) => Document {
  const paths = flatPaths(fields);
  if (paths.length === 0) throw bad('a specification of fields to set must have at least one');
  const whole = paths.find(([path]) => path.split('.').some((part) => /^\d/.test(part)));
  if (whole)
    throw new CommandError(
      'NotImplemented',
      `computing '${whole[0]}', named like a whole number, is not supported by the embedded MongoDB`,
    );
  const tree = fieldTree(paths.map(([path, operand]) => [path, evaluator(operand)]));
  return (document) => withFields(document, tree, (evaluate) => evaluate(document)) as Document;
}

function withoutFields(paths: unknown): (document: Document) => Document {
  const list: unknown = Array.isArray(paths) ? paths : [paths];
  if (!Array.isArray(list) || list.length === 0 || !list.every((path) => typeof path === 'string'))
    throw bad('$unset specification must be a string or an array of strings');
  const tree = fieldTree(list.map((path): [string, boolean] => [path, true]));
  return (document) => excluding(document, tree) as Document;
}

function rootOf(expression: unknown): (document: Document) => Document {
  const evaluate = evaluator(expression);
  return (document) => {
    const root = evaluate(document);
    if (!isDocument(root)) throw bad(`'newRoot' expression must evaluate to an object`);
    return root;
  };
}

function unwound(operand: unknown): Stage {
  const { path, preserveNullAndEmptyArrays, includeArrayIndex, ...rest } = (
    isDocument(operand) ? operand : { path: operand }
  ) as Record<string, unknown>;
  if (typeof path !== 'string' || !/^\$[^$]/.test(path)) throw bad('$unwind needs a path that begins with $');
  if (Object.keys(rest).length > 0 || includeArrayIndex !== undefined)
    throw new CommandError('NotImplemented', 'this $unwind is not supported by the embedded MongoDB');
  const parts = pathOf(path.slice(1));
  const tree = fieldTree([[parts.join('.'), true]]);
  return (documents) =>
    documents.flatMap((document) => {
      const value = parts.reduce<unknown>(
        (inner, part) => (isDocument(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined),
        document,
      );
      if (Array.isArray(value) && value.length > 0)
        return value.map((item: unknown) => withFields(document, tree, () => item) as Document);
      if (!Array.isArray(value) && value !== undefined && value !== null) return [document];
      if (preserveNullAndEmptyArrays !== true) return [];
      return [Array.isArray(value) ? (excluding(document, tree) as Document) : document];
    });
}

/** A missing field is looked up like null; each element of an array on its own. */
function lookedUp(operand: Document, collectionOf: CollectionOf): Stage {
  const { from, localField, foreignField, as, ...rest } = operand as Record<string, unknown>;
  if (
    [from, localField, foreignField, as].some((name) => typeof name !== 'string') ||
    Object.keys(rest).length > 0
  )
    throw new CommandError('FailedToParse', '$lookup needs from, localField, foreignField and as');
  const local = pathOf(String(localField));
  const tree = fieldTree([[String(as), true]]);
  return (documents) => {
    const foreign = [...(collectionOf(String(from))?.all() ?? [])].map(({ raw }) => decode(raw));
    return documents.map((document) => {
      const values = resolvePath(document, local).flatMap((value) =>
        Array.isArray(value) ? (value as unknown[]) : [value],
      );
      const matches = values.map((value) =>
        compileFilter({ [String(foreignField)]: { $eq: value ?? null } }),
      );
      const found = foreign.filter((other) => matches.some((match) => match(other)));
      return withFields(document, tree, () => found) as Document;
    });
  };
}

function sampled(size: number): Stage {
  return (documents) =>
    documents
      .map((document) => ({ document, at: Math.random() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, size)
      .map(({ document }) => document);
}
