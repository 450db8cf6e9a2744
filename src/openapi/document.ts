import type { Type } from '@nestjs/common';
import { ControllerRoute, routesOf } from '../nest/routes';
import { version } from '../util/version';
import { Described, Schema, describedOf } from './described';
import { SECURITY_SCHEMES, operation } from './operation';
import { V4_ERROR_SCHEMA } from './v4-responses';
import { ERROR_SCHEMA, HEADERS, errorResponses } from './responses';

const OVERVIEW = `A heartbeat is a rule: an event that matches its pattern must arrive at least every interval.

Every answer is \`application/json; charset=utf-8\`, errors in the Canopsis format. A path may end in a slash. HEAD is answered wherever GET is, without the body; any other method that a path does not have, OPTIONS among them, is a 405 with \`Allow\` (\`MethodNotAllowed\`), and a path that is not here a 404 (\`RouteNotFound\`); both only after the credentials were good. Calls of version 4 have errors in a form of their own, \`V4Error\`; a slash at the end of their paths is not served but sent on, with 301 or 307.

Which documents are answered depends on the dialect that the server is set to, \`canopsis-3\` or \`canopsis-4\`; bodies of either are accepted by both.`;

/** What a document is made of. */
export interface DocumentParts {
  /** Those without {@link Described} are left out. */
  readonly controllers: readonly Type<object>[];
  /** Path before that of each controller: the host's global prefix. */
  readonly prefix?: string;
  /** false: the host guards the routes in its own way, which is not described. */
  readonly guarded: boolean;
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly [other: string]: unknown;
}

/**
 * Describes the routes of some controllers, by what Nest knows of them and what {@link Described} says. The order in which
 * the controllers come does not matter.
 * @throws Error for a route that is not described, or a description without a route
 */
export function openApiDocument({ controllers, prefix = '', guarded }: DocumentParts): OpenApiDocument {
  const parts = controllers.flatMap((controller) => {
    const described = describedOf(controller);
    return described ? [{ described, routes: routesOf(controller, prefix) }] : [];
  });
  const paths = pathsOf(parts, guarded);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Canopsis heartbeats',
      version: version(),
      description: OVERVIEW,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.values(sorted(Object.fromEntries(parts.map(({ described: { tag } }) => [tag.name, tag])))),
    paths: sorted(paths),
    components: {
      schemas: sorted(
        Object.fromEntries([
          ['Error', ERROR_SCHEMA],
          ['V4Error', V4_ERROR_SCHEMA],
          ...parts.flatMap(schemasOf),
        ]),
      ),
      responses: sorted(errorResponses()),
      headers: HEADERS,
      ...(guarded && { securitySchemes: SECURITY_SCHEMES }),
    },
  };
}

interface Part {
  readonly described: Described;
  readonly routes: readonly ControllerRoute[];
}

const schemasOf = ({ described }: Part): [string, Schema][] => Object.entries(described.schemas ?? {});

function pathsOf(parts: readonly Part[], guarded: boolean): Record<string, Record<string, Schema>> {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const { described, routes } of parts) {
    const without = new Set(Object.keys(described.calls));
    for (const { template, method, handler } of routes) {
      const call = described.calls[handler];
      if (call === undefined) throw new Error(`${method} ${template} is not described`);
      without.delete(handler);
      const item = (paths[template.replace(/:(\w+)/g, '{$1}')] ??= {});
      item[method.toLowerCase()] = operation(call, described, { template, method, guarded });
    }
    if (without.size > 0) throw new Error(`no route is handled by ${[...without].join(', ')}`);
  }
  return paths;
}

const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
