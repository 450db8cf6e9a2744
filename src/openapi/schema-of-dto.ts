import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';
import { ValidationTypes, getMetadataStorage } from '../util/class-validator';
import type { Schema } from './described';

/** What class-validator's rules are in JSON Schema. */
const RULES: Readonly<Record<string, (constraint: unknown) => Schema>> = {
  isInt: () => ({ type: 'integer' }),
  isString: () => ({ type: 'string' }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  maxLength: (maxLength) => ({ maxLength }),
  isIn: (words) => ({ type: 'string', enum: words }),
};

/** The schemas of a DTO's fields, and which of them must be there. */
export interface DtoSchema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

/**
 * Reads the schema of a DTO from the very rules that validate it.
 * @param empty an instance that holds nothing but the defaults
 * @param own schemas of the rules that are not class-validator's, by the name of the rule
 * @param descriptions what is said of each field
 * @throws Error for a rule that has no schema here, or a field that is not described
 */
export function schemaOfDto(
  empty: object,
  descriptions: Readonly<Record<string, string>>,
  own: Readonly<Record<string, Schema>> = {},
): DtoSchema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(empty.constructor, '', false, false);
  const properties: Record<string, Record<string, unknown>> = {};
  const optional = new Set<string>();
  for (const field of Object.keys(descriptions)) properties[field] = {};
  for (const rule of rules) {
    const schema = properties[rule.propertyName];
    if (schema === undefined) throw new Error(`${rule.propertyName} is not described`);
    if (rule.type === ValidationTypes.CONDITIONAL_VALIDATION) optional.add(rule.propertyName);
    else Object.assign(schema, own[rule.name ?? ''] ?? schemaOfRule(rule));
  }
  for (const field of optional)
    Object.assign(properties[field] ?? {}, { type: [properties[field]?.type, 'null'] });
  for (const [field, value] of Object.entries(empty)) {
    if (value !== undefined) Object.assign(properties[field] ?? {}, { default: value as unknown });
  }
  for (const [field, description] of Object.entries(descriptions))
    Object.assign(properties[field] ?? {}, { description });
  return { properties, required: Object.keys(properties).filter((field) => !optional.has(field)) };
}

function schemaOfRule({ name = '', constraints }: ValidationMetadata): Schema {
  const schema = RULES[name];
  if (schema === undefined) throw new Error(`the rule ${name} has no schema`);
  return schema((constraints as unknown[] | undefined)?.[0]);
}
