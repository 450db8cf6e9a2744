import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { HEAD_LIMIT } from '../http/limits';
import type { RouteTable } from '../http/route-table';
import { requestPath } from '../http/request-path';

/** How Fastify's router must be told to take what the contract takes. */
export const ROUTER_OPTIONS = `routerOptions: { ignoreTrailingSlash: true, maxParamLength: ${HEAD_LIMIT} }`;

/** The routes of one module, as far as their paths matter. */
export interface PathsOfSite {
  readonly methods: Pick<RouteTable, 'all' | 'has'>;
  /** A path that begins with one of these can only be meant for it. */
  readonly below: readonly string[];
}

type Handler = RouteOptions['handler'];

/** The handlers of one method below one path, by the templates of their routes. */
type Templates = Map<string, Handler>;

/**
 * Gives the routes of these sites, which are still to be registered, the paths that Fastify's router does not know of its own: with
 * a slash at the end, and with ids of more than 100 characters. A router whose options know the first is left alone with it.
 * @returns whether it could: false where the routes are registered already, and the options have to say it
 */
export function completePaths(fastify: FastifyInstance, sites: readonly PathsOfSite[]): boolean {
  const { slashes, longIds } = routerOf(fastify);
  if (slashes && longIds) return true;
  if (sites.some(({ methods }) => methods.all().some((route) => fastify.hasRoute(route)))) return false;
  const long = new Map<string, Templates>();
  fastify.addHook('onRoute', ({ url, method, handler, config, constraints }) => {
    const site = sites.find(({ methods }) => typeof method === 'string' && methods.has(method, url));
    if (site === undefined || typeof method !== 'string') return;
    const add = (path: string, to: Handler): void =>
      void fastify.route({ method, url: path, handler: to, config, constraints });
    if (!slashes) add(`${url}/`, handler);
    const [start = url] = url.split(':');
    if (longIds || !site.below.includes(start)) return;
    const known = long.get(`${method} ${start}`);
    const templates: Templates = known ?? new Map<string, Handler>();
    templates.set(url, handler);
    if (known !== undefined) return;
    long.set(`${method} ${start}`, templates);
    // What stands in a wildcard may be of any length; Fastify asks it last.
    add(`${start}*`, answerLong(templates));
  });
  return true;
}

/** What the router takes already. */
function routerOf({ initialConfig }: FastifyInstance): { slashes: boolean; longIds: boolean } {
  const { ignoreTrailingSlash, maxParamLength = 0, routerOptions } = initialConfig;
  return {
    slashes: (ignoreTrailingSlash ?? false) || (routerOptions?.ignoreTrailingSlash ?? false),
    longIds: Math.max(maxParamLength, routerOptions?.maxParamLength ?? 0) >= HEAD_LIMIT,
  };
}

/** Hands a request with a long id to the route whose template its path has. */
const answerLong = (templates: Templates): Handler =>
  function answer(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
    const path = requestPath(request.raw.url ?? '/');
    for (const [template, handler] of templates) {
      const params = paramsIn(path, template);
      if (params === undefined) continue;
      request.params = params;
      return handler.call(this, request, reply);
    }
    reply.callNotFound();
    return reply;
  };

/**
 * @param path as it was sent; whether it can be decoded has been looked at
 * @returns what stands for each `:name` of the template; undefined where the path is another one
 */
function paramsIn(path: string, template: string): Record<string, string> | undefined {
  const parts = path.replace(/\/$/, '').split('/');
  const names = template.split('/');
  if (parts.length !== names.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const part = parts[at] ?? '';
    if (name.startsWith(':') && part !== '') params[name.slice(1)] = decodeURIComponent(part);
    else if (name !== part) return undefined;
  }
  return params;
}
