import { v4ErrorAnswer } from '../canopsis/v4/v4-error-answer';
import type { V4ErrorBody } from '../canopsis/v4/v4-error';
import { type Schema, schemaRef } from './described';
import { type ErrorName, errorNamed } from './errors';
import { ownHeaders, response } from './responses';
import { V4_ERRORS, type V4ErrorName } from './v4-errors';

/** The body of every error of version 4: one of two forms. */
export const V4_ERROR_SCHEMA: Schema = {
  description: 'What went wrong: as a whole, or with each field.',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    error: { type: 'string' },
    errors: { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } },
  },
};

interface Told {
  readonly name: string;
  readonly when: string;
  readonly status: number;
  readonly body: V4ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param names errors that both versions have
 * @param v4Names those that version 4 alone has
 * @returns the responses by status, in the form of version 4
 */
export function v4ResponsesByStatus(
  names: readonly ErrorName[],
  v4Names: readonly V4ErrorName[],
): Readonly<Record<string, Schema>> {
  const told = [
    ...v4Names.map((name): Told => toldOf(name, V4_ERRORS[name])),
    ...[...new Set(names)].map((name): Told => toldOf(name, errorNamed(name))),
  ];
  const statuses = [...new Set(told.map(({ status }) => status))];
  return Object.fromEntries(
    statuses.map((status) => [String(status), responseOf(told.filter((one) => one.status === status))]),
  );
}

function toldOf(name: string, { error, when }: { error: Error; when: string }): Told {
  const { statusCode: status, body, headers } = v4ErrorAnswer(error);
  return { name, when, status, body: body as V4ErrorBody, headers };
}

const responseOf = (told: readonly Told[]): Schema =>
  response(
    told.map(({ when }) => when).join(' Or: '),
    {
      schema: schemaRef('V4Error'),
      examples: Object.fromEntries(told.map(({ name, body }) => [name, body])),
    },
    ownHeaders(told.flatMap(({ headers }) => Object.entries(headers))),
  );
