import { isJsonObject, unknownField } from '../util/json-object';

/**
 * Refuses what nobody reads within an option.
 * @throws Error that names it
 */
export function checkNames(module: string, option: string, given: unknown, names: readonly string[]): void {
  if (given === undefined) return;
  if (!isJsonObject(given)) throw new Error(`${module}: ${option} must be an object`);
  const unknown = unknownField(given, names);
  if (unknown === undefined) return;
  throw new Error(`${module}: ${option} has no ${unknown}; it has ${names.join(', ')}`);
}

/** @throws Error for one of these that is given, and neither true nor false */
export function checkSwitches<T extends object>(
  module: string,
  given: T,
  names: readonly (keyof T & string)[],
): void {
  for (const name of names) {
    const value: unknown = given[name];
    if (value !== undefined && typeof value !== 'boolean')
      throw new Error(`${module}: ${name} must be true or false`);
  }
}
