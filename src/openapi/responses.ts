import { CACHE_CONTROL } from '../canopsis/answers';
import { Content, Schema, schemaRef } from './described';
import { DescribedError, ErrorName, errorNamed, errors } from './errors';

/** The body of every error. */
export const ERROR_SCHEMA: Schema = {
  type: 'object',
  description:
    'What went wrong. `name` is empty, but for a heartbeat or a window that was not found, whose id it then is; where the database fails a GET, there is none.',
  additionalProperties: false,
  required: ['description'],
  properties: { name: { type: 'string' }, description: { type: 'string' } },
};

/** Headers that answers have, by the name of their component. */
export const HEADERS: Readonly<Record<string, Schema>> = {
  CacheControl: {
    description: 'Nothing may be kept.',
    required: true,
    schema: { const: CACHE_CONTROL },
  },
  RequestId: {
    description:
      'The `X-Request-Id` of the request where it has 1 to 64 letters, digits, dots, underscores, colons and hyphens, otherwise a new one; the log has it too.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,64}$' },
  },
};

const ALWAYS = {
  'Cache-Control': { $ref: '#/components/headers/CacheControl' },
  'X-Request-Id': { $ref: '#/components/headers/RequestId' },
};

const OWN_HEADERS: Readonly<Record<string, (value: string) => Schema>> = {
  'WWW-Authenticate': (value) => ({ required: true, schema: { const: value } }),
  Allow: (value) => ({ required: true, schema: { type: 'string' }, example: value }),
  'Accept-Encoding': (value) => ({ required: true, schema: { const: value } }),
  Problem: (value) => ({
    description: 'What is wrong with the payload: field and rule, in visible ASCII.',
    schema: { type: 'string', maxLength: 200 },
    example: value,
  }),
  Location: (value) => ({
    description: 'Path of the heartbeat that has the pattern.',
    schema: { type: 'string' },
    example: value,
  }),
  'Retry-After': (value) => ({
    description: 'Seconds to wait.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
    example: Number(value),
  }),
};

/** A body and its named examples, as a request's or a response's `content`. */
export const contentOf = ({ mediaType = 'application/json', schema, examples }: Content): Schema => ({
  [mediaType]: {
    schema,
    examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
  },
});

/** Those headers of an error that it has beyond those that all have. */
export const ownHeaders = (headers: readonly (readonly [string, string])[]): Schema =>
  Object.fromEntries(headers.map(([name, value]) => [name, OWN_HEADERS[name]?.(value) ?? {}]));

/** A response with the headers that all have. @param content undefined where it has no body */
export const response = (
  description: string,
  content: Content | undefined,
  headers: Schema = {},
  links?: Schema,
): Schema => ({
  description,
  headers: { ...ALWAYS, ...headers },
  ...(content && { content: contentOf(content) }),
  ...(links && { links }),
});

/** All errors as responses, by name, for `components`. */
export const errorResponses = (): Readonly<Record<string, Schema>> =>
  Object.fromEntries(errors().map(([name, described]) => [name, responseOf([[name, described]])]));

/** @returns the responses of these errors by status: each by its component, or all of one status in one */
export function responsesByStatus(names: readonly ErrorName[]): Readonly<Record<string, Schema>> {
  const byStatus = new Map<number, ErrorName[]>();
  for (const name of new Set(names)) {
    const { statusCode: status } = errorNamed(name).error;
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, [first, ...others]]) => [
      String(status),
      first !== undefined && others.length === 0
        ? { $ref: `#/components/responses/${first}` }
        : responseOf([first, ...others].flatMap((name) => (name ? [[name, errorNamed(name)]] : []))),
    ]),
  );
}

function responseOf(described: readonly (readonly [ErrorName, DescribedError])[]): Schema {
  const bodies = described.map(([, { error }]) => error.body);
  const texts = described.flatMap(([, { error, variants }]) => variants ?? [error.body.description]);
  const own = described.flatMap(([, { error }]) => Object.entries(error.headers));
  return response(
    described.map(([, { when }]) => when).join(' Or: '),
    {
      schema: {
        ...schemaRef('Error'),
        ...(bodies.every(({ name }) => name !== undefined) && { required: ['name', 'description'] }),
        ...(described.every(([, { anyText }]) => !anyText) && {
          properties: { description: { enum: [...new Set(texts)] } },
        }),
      },
      examples: Object.fromEntries(described.map(([name, { error }]) => [name, error.body])),
    },
    ownHeaders(own),
  );
}
