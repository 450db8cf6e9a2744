import { SESSION_COOKIE } from '../auth/session/session-cookie';
import type { Call, Described, Schema } from './described';
import { EVERYWHERE, ErrorName, GUARDED_CALLS, GUARDED_WRITES } from './errors';
import { contentOf, response, responsesByStatus } from './responses';
import { v4ResponsesByStatus } from './v4-responses';

/** How a caller shows who it is: either will do. */
export const SECURITY_SCHEMES: Readonly<Record<string, Schema>> = {
  Basic: { type: 'http', scheme: 'basic', description: 'Name and password in UTF-8 (RFC 7617).' },
  Key: {
    type: 'apiKey',
    in: 'header',
    name: 'x-canopsis-authkey',
    description: 'A key of a user, as in Canopsis 4.',
  },
  Session: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'The session of somebody who logged in, for browsers.',
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
export function operation(
  call: Call,
  { tag, parameters, version, ...described }: Described,
  place: Place,
): Schema {
  const { id, summary, description, body, answer, errors = [] } = call;
  const { status = 200, links, headers, description: told, ...content } = answer;
  const open = call.open ?? described.open ?? false;
  const asked = place.guarded && !open;
  const pathParameters = [...place.template.matchAll(/:(\w+)/g)].map(([, name = '']) =>
    parameter('path', name, parameters?.[name]),
  );
  const queryParameters = Object.entries(call.query ?? {}).map(([name, schema]) =>
    parameter('query', name, schema, call.requiredQuery?.includes(name)),
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
      [status]: response(told, content.schema && content, headers, links && linksTo(links)),
      ...(version === 'v4' ? v4ResponsesByStatus(names, call.v4Errors ?? []) : responsesByStatus(names)),
    },
  };
}

/** @throws Error for a parameter that is not described */
function parameter(
  place: 'path' | 'query',
  name: string,
  described: Schema | undefined,
  required = place === 'path',
): Schema {
  if (described === undefined) throw new Error(`the parameter ${name} is not described`);
  const { description, examples, ...schema } = described;
  const [example] = (examples as unknown[] | undefined) ?? [];
  return {
    name,
    in: place,
    required,
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
