import type { Document } from 'bson';
import { createRequire } from 'node:module';
import { withPlainNumbers } from './arithmetic';
import { isDocument, pathOf, type Path } from '../bson/values';

const load = createRequire(__filename);

/**
 * Compiles an aggregation expression. What a path alone names is given with its type.
 * @throws CommandError NotImplemented for operators that are not served; when evaluated, BadValue and others
 */
export function evaluator(expression: unknown): (document: Document) => unknown {
  if (typeof expression === 'string' && /^\$[^$]/.test(expression)) {
    const parts = pathOf(expression.slice(1));
    return (document) => valueAt(document, parts);
  }
  if (isConstant(expression)) {
    const value = withPlainNumbers(expression);
    return () => value;
  }
  const { compileOperators } = load('./operators') as typeof import('./operators');
  return compileOperators(expression);
}

function isConstant(expression: unknown): boolean {
  return typeof expression === 'string'
    ? !expression.startsWith('$')
    : typeof expression !== 'object' || expression === null;
}

/** What a path names: in an array, the list of what it names in each document there. */
function valueAt(value: unknown, parts: Path, at = 0): unknown {
  const name = parts[at];
  if (name === undefined) return value;
  if (Array.isArray(value))
    return value
      .map((item) => (isDocument(item) ? valueAt(item, parts, at) : undefined))
      .filter((item) => item !== undefined);
  if (!isDocument(value) || !Object.hasOwn(value, name)) return undefined;
  return valueAt(value[name], parts, at + 1);
}
