import { BSONRegExp, Decimal128, Double, Timestamp } from 'bson';
import { CommandError } from '../errors';
import { compileFilter } from '../query/filters';
import { compare, equal, typeOrder } from '../bson/order';
import { sortOrder } from '../query/reader';
import { isDocument, isInt32 } from '../bson/values';

/** What an operator makes of the present value (undefined: no such field) with its operand; undefined removes the field. */
type Operator = (now: unknown, operand: unknown, path: string) => unknown;

const mistyped = (message: string): CommandError => new CommandError('TypeMismatch', message);
const bad = (message: string): CommandError => new CommandError('BadValue', message);

/** Update operators by name (manual, "Update Operators"); `$rename` and `$setOnInsert` are made of these. */
export const updateOperators: Record<string, Operator> = {
  $set: (_now, operand) => operand,
  $unset: () => undefined,
  $inc: (now, operand, path) => arithmetic('$inc', now, operand, path),
  $mul: (now, operand, path) => arithmetic('$mul', now, operand, path),
  $min: (now, operand) => (now === undefined || compare(operand, now) < 0 ? operand : now),
  $max: (now, operand) => (now === undefined || compare(operand, now) > 0 ? operand : now),
  $currentDate: (_now, operand) => {
    const type: unknown = isDocument(operand) ? operand.$type : operand;
    if (type === true || type === 'date') return new Date();
    if (type === 'timestamp') return new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
    throw bad('$currentDate takes true, {$type: "date"} or {$type: "timestamp"}');
  },
  $bit: bit,
  $push: push,
  $addToSet: (now, operand, path) => {
    const added = isDocument(operand) && '$each' in operand ? list(operand.$each, '$each') : [operand];
    return added.reduce<unknown[]>(
      (kept, value) => (kept.some((item) => equal(item, value)) ? kept : [...kept, value]),
      list(now, path, []),
    );
  },
  $pull: (now, operand, path) => {
    if (now === undefined) return now;
    const goes = pulled(operand);
    return list(now, path).filter((item) => !goes(item));
  },
  $pullAll: (now, operand, path) => {
    const gone = list(operand, '$pullAll');
    return now === undefined
      ? now
      : list(now, path).filter((item) => !gone.some((value) => equal(item, value)));
  },
  $pop: (now, operand, path) => {
    if (Number(operand) !== 1 && Number(operand) !== -1)
      throw new CommandError('FailedToParse', '$pop expects 1 or -1');
    if (now === undefined) return now;
    return Number(operand) === 1 ? list(now, path).slice(0, -1) : list(now, path).slice(1);
  },
};

/** Sub-documents are pulled by a filter on them, elements by operators on them, all else by being equal. */
function pulled(operand: unknown): (item: unknown) => boolean {
  if (isDocument(operand) && !Object.keys(operand)[0]?.startsWith('$')) {
    const matches = compileFilter(operand);
    return (item) => isDocument(item) && matches(item);
  }
  if (!isDocument(operand) && !(operand instanceof BSONRegExp)) return (item) => equal(item, operand);
  const matches = compileFilter({ item: operand });
  return (item) => matches({ item });
}

/** The array that is there; only a missing field counts as `missing`, a null is an error like any other value. */
function list(value: unknown, path: string, missing?: unknown[]): unknown[] {
  if (value === undefined && missing) return missing;
  if (!Array.isArray(value)) throw bad(`'${path}' must be an array`);
  return value as unknown[];
}

/** A double stays one when its value is whole. */
function double(value: number): unknown {
  return isInt32(value) ? new Double(value) : value;
}

/** int32 grows into int64 where it must; a double makes the result one (manual, "$inc", "$mul"). */
function arithmetic(name: '$inc' | '$mul', present: unknown, operand: unknown, path: string): unknown {
  const now = present === undefined ? 0 : present;
  if (typeOrder(operand) !== 10)
    throw mistyped(
      `Cannot ${name === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}}`,
    );
  if (typeOrder(now) !== 10)
    throw mistyped(`Cannot apply ${name} to a value of non-numeric type: the field '${path}'`);
  if (present === undefined && name === '$inc') return operand;
  if (now instanceof Decimal128 || operand instanceof Decimal128)
    throw new CommandError('NotImplemented', `${name} of a Decimal128 is not supported`);
  const whole = (value: unknown): value is number | bigint => isInt32(value) || typeof value === 'bigint';
  if (!whole(now) || !whole(operand)) {
    const [a, b] = [Number(now), Number(operand)];
    return double(name === '$inc' ? a + b : a * b);
  }
  const exact = name === '$inc' ? BigInt(now) + BigInt(operand) : BigInt(now) * BigInt(operand);
  if (BigInt.asIntN(64, exact) !== exact)
    throw bad(`Failed to apply ${name}: the field '${path}' would overflow`);
  return typeof now === 'number' && typeof operand === 'number' && isInt32(Number(exact))
    ? Number(exact)
    : exact;
}

function bit(now: unknown, operand: unknown, path: string): unknown {
  const [[name, bits] = ['', 0], ...more]: [string, unknown][] = isDocument(operand)
    ? Object.entries(operand)
    : [];
  const whole = (value: unknown): value is number | bigint => isInt32(value) || typeof value === 'bigint';
  if (more.length > 0 || !['and', 'or', 'xor'].includes(name) || !whole(bits))
    throw bad('$bit takes one of and, or, xor with a whole number');
  const before = now === undefined ? 0 : now;
  if (!whole(before)) throw bad(`Cannot apply $bit to a value of non-integral type: the field '${path}'`);
  const [a, b] = [BigInt(before), BigInt(bits)];
  const result = name === 'and' ? a & b : name === 'or' ? a | b : a ^ b;
  return typeof before === 'bigint' || typeof bits === 'bigint' ? result : Number(result);
}

function push(now: unknown, operand: unknown, path: string): unknown {
  const before = list(now, path, []);
  if (!isDocument(operand) || !('$each' in operand)) return [...before, operand];
  const { $each, $position, $slice, $sort, ...rest } = operand;
  const [unknown] = Object.keys(rest);
  if (unknown) throw bad(`Unrecognized clause in $push: ${unknown}`);
  const whole = (value: unknown, name: string): number => {
    if (!Number.isInteger(Number(value))) throw bad(`The value for ${name} must be an integer value`);
    return Number(value);
  };
  const result = [...before];
  result.splice(
    $position === undefined ? result.length : whole($position, '$position'),
    0,
    ...list($each, '$each'),
  );
  if (isDocument($sort)) {
    const order = sortOrder($sort);
    const keysOf = (item: unknown): unknown[] => order.keysOf(isDocument(item) ? item : {});
    result.sort((a, b) => order.compare(keysOf(a), keysOf(b)));
  } else if ($sort !== undefined) result.sort((a, b) => compare(a, b) * Number($sort));
  if ($slice === undefined) return result;
  const slice = whole($slice, '$slice');
  return slice < 0 ? result.slice(slice) : result.slice(0, slice);
}
