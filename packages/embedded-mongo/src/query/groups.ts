import type { Document } from 'bson';
import { CommandError } from '../errors';
import { average, extreme, total } from './arithmetic';
import { evaluator } from './expressions';
import { keyOf } from '../bson/order';
import { isDocument } from '../bson/values';

/** What each accumulator makes of the values of its expression, missing ones among them. */
const accumulators: Readonly<Record<string, (values: unknown[]) => unknown>> = {
  $sum: (values) => total(values).sum,
  $avg: average,
  $min: (values) => extreme(values, -1),
  $max: (values) => extreme(values, 1),
  $first: (values) => values[0] ?? null,
  $last: (values) => values[values.length - 1] ?? null,
  $push: (values) => values.filter((value) => value !== undefined),
  $addToSet: (values) => [
    ...new Map(
      values.filter((value) => value !== undefined).map((value) => [keyString(value), value]),
    ).values(),
  ],
  $count: (values) => values.length,
};

const keyString = (value: unknown): string => keyOf(value).toString('latin1');

/**
 * Compiles the stage `$group`: documents are in one group whose keys MongoDB holds equal.
 * @throws CommandError FailedToParse, NotImplemented
 */
export function groupStage(specification: unknown): (documents: Document[]) => Document[] {
  if (!isDocument(specification) || !Object.hasOwn(specification, '_id'))
    throw new CommandError('FailedToParse', 'a group specification must include an _id');
  const { _id, ...fields } = specification;
  const idOf = evaluator(_id);
  const outputs = Object.entries(fields).map(([name, field]) => ({ name, of: accumulator(name, field) }));
  return (documents) => {
    const groups = new Map<string, { id: unknown; members: Document[] }>();
    for (const document of documents) {
      const id = idOf(document) ?? null;
      const key = keyString(id);
      const group = groups.get(key);
      if (group) group.members.push(document);
      else groups.set(key, { id, members: [document] });
    }
    return [...groups.values()].map(({ id, members }) => ({
      _id: id,
      ...Object.fromEntries(outputs.map(({ name, of }) => [name, of(members)])),
    }));
  };
}

function accumulator(name: string, field: unknown): (documents: Document[]) => unknown {
  const [[operator, operand] = ['', undefined], ...more] = isDocument(field)
    ? (Object.entries(field) as [string, unknown][])
    : [];
  if (operator === '' || more.length > 0 || name.includes('.'))
    throw new CommandError('FailedToParse', `The field '${name}' must specify one accumulator, and no path`);
  const accumulate = Object.hasOwn(accumulators, operator) ? accumulators[operator] : undefined;
  if (!accumulate)
    throw new CommandError(
      'NotImplemented',
      `the accumulator '${operator}' is not supported by the embedded MongoDB`,
    );
  const valueOf = evaluator(operand);
  return (documents) => accumulate(documents.map(valueOf));
}
