import type { Call, Described, Schema } from './described';
import { EVERYWHERE, ErrorName, GUARDED_CALLS, GUARDED_WRITES } from './errors';
import { contentOf, response, responsesByStatus } from './responses';

/** How a caller shows who it is: either will do. */
export const SECURITY_SCHEMES: Readonly<Record<string, Schema>> = {
  Basic: { type: 'http', scheme: 'basic', description: 'Name and password in UTF-8 (RFC 7617).' },
  Key: {
    type: 'apiKey',
    in: 'header',
    name: 'x-canopsis-authkey',
    description: 'A key of a user, as in Canopsis 4.',
  },
};

/** Where a call is, and whether its module asks for credentials. */
export interface Place {
  /** Path with its parameters as `:name`. */
  readonly template: string;
  /** In capitals. */
  readonly method: string;
  readonly guarded: boolean;
}

/** @returns the Operation Object of a call */
export function operation(call: Call, { tag, open = false, parameters }: Described, place: Place): Schema {
  const { id, summary, description, body, answer, errors = [] } = call;
  const { links, description: told, ...content } = answer;
  const asked = place.guarded && !open;
  const pathParameters = [...place.template.matchAll(/:(\w+)/g)].map(([, name = '']) =>
    parameter('path', name, parameters?.[name]),
  );
  const queryParameters = Object.entries(call.query ?? {}).map(([name, schema]) =>
    parameter('query', name, schema),
  );
  const names: ErrorName[] = [
    ...errors,
    ...(pathParameters.length > 0 ? (['InvalidUrl'] as const) : []),
    ...(asked ? GUARDED_CALLS : []),
    ...(asked && place.method !== 'GET' ? GUARDED_WRITES : []),
    ...EVERYWHERE,
  ];
  return {
    operationId: id,
    tags: [tag.name],
    summary,
    ...(description !== undefined && { description }),
    ...(place.guarded && {
      security: open ? [] : Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] })),
    }),
    ...(pathParameters.length + queryParameters.length > 0 && {
      parameters: [...pathParameters, ...queryParameters],
    }),
    ...(body && { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      '200': response(told, content, {}, links && linksTo(links)),
      ...responsesByStatus(names),
    },
  };
}

/** @throws Error for a parameter that is not described */
function parameter(place: 'path' | 'query', name: string, described: Schema | undefined): Schema {
  if (described === undefined) throw new Error(`the parameter ${name} is not described`);
  const { description, examples, ...schema } = described;
  const [example] = (examples as unknown[] | undefined) ?? [];
  return {
    name,
    in: place,
    required: place === 'path',
    description,
    schema,
    ...(example !== undefined && { example }),
  };
}

const linksTo = (operations: readonly string[]): Schema =>
  Object.fromEntries(
    operations.map((operationId) => [
      operationId,
      { operationId, parameters: { id: '$response.body#/description' } },
    ]),
  );
