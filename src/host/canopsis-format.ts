import { type INestApplication, Logger } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module';
import type { Express } from 'express';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Credentials } from '../auth/credentials';
import { bodyTooLarge, methodNotAllowed, routeNotFound } from '../canopsis/canopsis-error';
import { errorAnswer, withoutPrompt } from '../canopsis/error-answer';
import type { ErrorFormat } from '../canopsis/error-format';
import { movedFromSlash } from '../canopsis/v4/moved';
import { v4ErrorAnswer } from '../canopsis/v4/v4-error-answer';
import { keepBody, keptBody } from '../nest/described-body';
import { logUnforeseen } from '../nest/log-unforeseen';
import { MOUNTED_SITE, Site } from '../nest/site';
import { authenticationFirst } from '../http/authentication-first';
import { PreBodyHook, PreBodyRequest, refusal } from '../http/pre-body-hook';
import { controllersOf } from '../http/http.module';
import { BODY_LIMIT } from '../http/limits';
import { RouteTable } from '../http/route-table';
import { answerPlainly } from '../http/raw-answers';
import { requestPath } from '../http/request-path';
import { queryOf } from '../nest/query-of';
import { ROUTER_OPTIONS, completePaths } from './fastify-paths';

const logger = new Logger('CanopsisFormat');

/** How the requests to one site are answered. */
interface SiteRoutes {
  readonly methods: RouteTable;
  /** A path that begins with one of these can only be meant for it. */
  readonly below: readonly string[];
  readonly authenticate: PreBodyHook;
  /** Whether a path is one of version 4. */
  isV4(path: string): boolean;
}

/**
 * Gives the heartbeat routes of a host application the whole wire format: what goes wrong before any guard or filter of a
 * module can act is answered there as by Canopsis too. An unauthenticated request gets 401 whatever its body, a body that
 * is not JSON `invalid json.`, one over 1 MiB 413, a wrong method 405. No other route is touched. To be called before the
 * application is initialized, which `listen` does.
 *
 * Left to the host, because it belongs to no route: requests that Node cannot parse, and on Fastify paths that cannot be decoded.
 */
export function applyCanopsisFormat(app: INestApplication): void {
  const sites = sitesOf(app);
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify') {
    const fastify = adapter.getInstance() as FastifyInstance;
    if (!completePaths(fastify, sites)) {
      logger.warn(
        'a slash at the end and ids of more than 100 characters are not found: call applyCanopsisFormat before app.init(), ' +
          `or give the adapter ${ROUTER_OPTIONS}`,
      );
    }
    fastify.addHook('onRequest', async (request, reply) => {
      const { raw } = request;
      const problem = await receive(sites, raw, request);
      if (problem !== undefined) answer(problem, formatFor(sites, raw), raw, reply.hijack().raw);
      else if (keptBody(raw)) hideBody(raw);
    });
  } else {
    (adapter.getInstance() as Express).use((request, response, next) => {
      receive(sites, request, request).then(
        (problem) =>
          problem === undefined ? next() : answer(problem, formatFor(sites, request), request, response),
        next,
      );
    });
  }
}

/** Version 4 has its own form of errors. */
function formatFor(sites: readonly SiteRoutes[], { url = '/' }: IncomingMessage): ErrorFormat {
  const path = requestPath(url);
  return siteFor(path, sites)?.site.isV4(path) ? v4ErrorAnswer : errorAnswer;
}

function answer(
  problem: unknown,
  format: ErrorFormat,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const shaped = withoutPrompt(format(problem, message.method ?? ''), message.headers);
  if (shaped.statusCode >= 500) logUnforeseen(logger, problem, response);
  answerPlainly(shaped, response);
  // What is left of the body is read and forgotten: a reset would take the answer with it.
  message.resume();
}

/** @param request the message, or the framework's wrapping. @returns what to answer at once; undefined where the host goes on */
async function receive(
  sites: readonly SiteRoutes[],
  message: IncomingMessage,
  request: PreBodyRequest,
): Promise<unknown> {
  const path = requestPath(message.url ?? '/');
  const found = siteFor(path, sites);
  if (found === undefined || isPreflight(message)) return undefined;
  const { site, allowed } = found;
  const { method = '', url = '' } = message;
  const moved = movedFromSlash(
    method,
    path,
    queryOf(url),
    (other) => site.isV4(other) && site.methods.allowed(other).length > 0,
  );
  if (moved !== undefined) return moved;
  const refused = await new Promise<unknown>((resolve) => site.authenticate(request, undefined, resolve));
  if (refused !== undefined) return refused;
  if (allowed.length === 0) return routeNotFound();
  if (!allowed.includes(method)) return methodNotAllowed(allowed);
  const hasBody = method === 'POST' || method === 'PUT' || (method === 'DELETE' && site.isV4(path));
  if (!hasBody) return undefined;
  const bytes = await readBody(message);
  if (bytes === undefined) return bodyTooLarge();
  keepBody(message, bytes);
  return undefined;
}

/** @returns undefined where the path is the host's own */
function siteFor(
  path: string,
  sites: readonly SiteRoutes[],
): { site: SiteRoutes; allowed: string[] } | undefined {
  for (const site of sites) {
    const allowed = site.methods.allowed(path);
    if (allowed.length > 0 || site.below.some((below) => path.startsWith(below))) return { site, allowed };
  }
  return undefined;
}

/** The host's CORS answers these, without credentials, as browsers send none. */
const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

/** @returns undefined where the body is over the limit */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > BODY_LIMIT) return undefined;
  }
  return Buffer.concat(chunks);
}

/** Fastify would look for a body, and for a parser of its type. */
function hideBody({ headers }: IncomingMessage): void {
  delete headers['content-type'];
  delete headers['content-length'];
  delete headers['transfer-encoding'];
}

function sitesOf(app: INestApplication): SiteRoutes[] {
  const modules = app.get(ModulesContainer, { strict: false });
  const prefix = app.get(ApplicationConfig, { strict: false }).getGlobalPrefix();
  const providing = (token: symbol | typeof Site, site: unknown): Module[] =>
    [...modules.values()].filter((module) => module.getProviderByKey(token)?.instance === site);
  const mounted = [...modules.values()].map(
    (module): unknown => module.getProviderByKey(MOUNTED_SITE)?.instance,
  );
  const sites = new Set(mounted.filter((site) => site instanceof Site));
  return [...sites].map((site) => {
    const [owner] = providing(Site, site);
    const credentials = owner?.getProviderByKey(Credentials)?.instance as Credentials | null | undefined;
    return routesOf(site, providing(MOUNTED_SITE, site), prefix, credentials);
  });
}

/** @param credentials absent where the host guards the routes itself */
function routesOf(
  { paths, v4Paths }: Site,
  modules: readonly Module[],
  prefix: string,
  credentials: Credentials | null | undefined,
): SiteRoutes {
  const methods = new RouteTable(controllersOf(modules), prefix);
  const below = (path: string): string => `/${prefix}/${path}/`.replace(/\/+/g, '/');
  const ofV4 = v4Paths.map(below);
  return {
    methods,
    below: paths.map(below),
    isV4: (path) => ofV4.some((start) => `${path}/`.startsWith(start)),
    authenticate: credentials
      ? authenticationFirst(credentials, (...call) => methods.isOpen(...call))
      : (request, _response, next) => next(refusal(request)),
  };
}
