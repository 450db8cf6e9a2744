import type { Document } from 'bson';
import { decode, encode } from '../bson/documents';
import { CommandError } from '../errors';
import { compileFilter } from './filters';
import { wholeNumber } from '../bson/typed-fields';
import { inOrder, type Query, type Results } from './reader';
import { compileStage, type CollectionOf } from './stages';
import { isDocument } from '../bson/values';

const STAGES = new Set(
  (
    '$match $sort $skip $limit $count $facet $project $addFields $set $unset $group $unwind $replaceRoot $replaceWith ' +
    '$sortByCount $lookup $sample'
  ).split(' '),
);

/**
 * Splits a pipeline (manual, "Aggregation Stages") into what can be found like a `find`, and the stages after that.
 * @throws CommandError for stages that are not served; change streams as a standalone server refuses them
 */
export function planPipeline(pipeline: Document[]): { query: Query; stages: Document[] } {
  for (const stage of pipeline) checkStage(stage);
  const stages = [...pipeline];
  const take = (name: string): unknown =>
    stages[0] && name in stages[0] ? (stages.shift() as Document)[name] : undefined;
  const filters: unknown[] = [];
  for (let match = take('$match'); match !== undefined; match = take('$match')) filters.push(match);
  const filter = (filters.length > 1 ? { $and: filters } : (filters[0] ?? {})) as Document;
  const query: Query = {
    filter,
    matches: compileFilter(filter),
    sort: take('$sort') as Document | undefined,
  };
  query.skip = wholeNumber({ $skip: take('$skip') }, '$skip', 0);
  if (stages[0] && '$limit' in stages[0]) query.limit = limitOf(take('$limit'));
  return { query, stages };
}

function checkStage(stage: Document): void {
  const [name, ...more] = Object.keys(stage);
  if (name === undefined || more.length > 0)
    throw new CommandError(
      'FailedToParse',
      'A pipeline stage specification object must contain exactly one field.',
    );
  if (name === '$changeStream')
    throw new CommandError('Location40573', 'The $changeStream stage is only supported on replica sets');
  if (!STAGES.has(name))
    throw new CommandError(
      'NotImplemented',
      `the pipeline stage '${name}' is not supported by the embedded MongoDB`,
    );
  const { pipeline, let: variables } = isDocument(stage[name]) ? stage[name] : {};
  if (name === '$lookup' && (pipeline !== undefined || variables !== undefined))
    throw new CommandError(
      'NotImplemented',
      'a $lookup with a pipeline is not supported by the embedded MongoDB',
    );
  if ((name === '$match' || name === '$facet' || name === '$sort') && !isDocument(stage[name]))
    throw new CommandError('BadValue', `the ${name} filter must be an expression in an object`);
}

function limitOf(value: unknown): number {
  const limit = wholeNumber({ $limit: value }, '$limit', 0);
  if (limit === 0) throw new CommandError('BadValue', 'the limit must be positive');
  return limit;
}

/** The results of the stages, computed in memory. @throws CommandError */
export async function runStages(
  found: AsyncIterable<Buffer>,
  stages: Document[],
  collectionOf: CollectionOf,
): Promise<Results> {
  let documents: Document[] = [];
  for await (const raw of found) documents.push(decode(raw));
  for (const stage of stages) documents = runStage(documents, stage, collectionOf);
  return documents.map((document) => encode(document))[Symbol.iterator]();
}

function runStage(documents: Document[], stage: Document, collectionOf: CollectionOf): Document[] {
  const [[name, operand] = ['', undefined]] = Object.entries(stage) as [string, unknown][];
  switch (name) {
    case '$match':
      return documents.filter(compileFilter(operand as Document));
    case '$sort':
      return inOrder(documents, operand as Document);
    case '$skip':
      return documents.slice(wholeNumber({ $skip: operand }, '$skip', 0));
    case '$limit':
      return documents.slice(0, limitOf(operand));
    case '$count':
      return documents.length > 0 ? [{ [String(operand)]: documents.length }] : [];
    case '$facet':
      return [
        Object.fromEntries(
          Object.entries(operand as Document).map(([facet, inner]) => {
            for (const one of inner as Document[]) checkStage(one);
            return [
              facet,
              (inner as Document[]).reduce<Document[]>(
                (rest, one) => runStage(rest, one, collectionOf),
                documents,
              ),
            ];
          }),
        ),
      ];
  }
  return compileStage(stage, collectionOf)(documents);
}
