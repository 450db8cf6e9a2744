import { type INestApplication, Logger } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module';
import type { Express } from 'express';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Credentials } from '../auth/credentials';
import { bodyTooLarge, methodNotAllowed, routeNotFound } from '../canopsis/canopsis-error';
import { errorAnswer } from '../canopsis/error-answer';
import { keepBody, keptBody } from '../canopsis/described-body';
import { requestIdOf } from '../canopsis/request-id';
import { pathOf } from '../canopsis/routes';
import { HeartbeatEngineModule } from '../engine/heartbeat-engine.module';
import { HeartbeatModule } from '../heartbeat/heartbeat.module';
import { EarlyHook, EarlyRequest, authenticationFirst, refusal } from './authentication-first';
import { controllersOf } from './http.module';
import { BODY_LIMIT } from './limits';
import { MethodTable } from './method-table';
import { answerPlainly } from './raw-answers';
import { requestPath } from './request-path';

const logger = new Logger('CanopsisFormat');

/** The routes of one `HeartbeatModule`, and of the engine module that belongs to it. */
interface Site {
  readonly methods: MethodTable;
  /** A path that begins like this can only be meant for it. */
  readonly below: string;
  readonly authenticate: EarlyHook;
}

/**
 * Gives the heartbeat routes of a host application the whole wire format: what goes wrong before any guard or filter of a
 * module can act is answered there as by Canopsis too. An unauthenticated request gets 401 whatever its body, a body that
 * is not JSON `invalid json.`, one over 1 MiB 413, a wrong method 405. No other route is touched. To be called before the
 * application listens.
 *
 * Left to the host, because it belongs to no route: requests that Node cannot parse, and on Fastify paths that cannot be decoded.
 */
export function applyCanopsisFormat(app: INestApplication): void {
  const sites = sitesOf(app);
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify') {
    (adapter.getInstance() as FastifyInstance).addHook('onRequest', async (request, reply) => {
      const { raw } = request;
      const problem = await receive(sites, raw, request);
      if (problem !== undefined) answer(problem, raw, reply.hijack().raw);
      else if (keptBody(raw)) hideBody(raw);
    });
  } else {
    (adapter.getInstance() as Express).use((request, response, next) => {
      receive(sites, request, request).then(
        (problem) => (problem === undefined ? next() : answer(problem, request, response)),
        next,
      );
    });
  }
}

function answer(problem: unknown, message: IncomingMessage, response: ServerResponse): void {
  const shaped = errorAnswer(problem, message.method ?? '');
  if (shaped.status >= 500) {
    const id = requestIdOf(response);
    const where = id === undefined ? '' : ` in request ${id}`;
    logger.error(`unforeseen error${where}`, problem instanceof Error ? problem.stack : problem);
  }
  answerPlainly(shaped, response);
  // What is left of the body is read and forgotten: a reset would take the answer with it.
  message.resume();
}

/** @param request the message, or the framework's wrapping. @returns what to answer at once; undefined where the host goes on */
async function receive(
  sites: readonly Site[],
  message: IncomingMessage,
  request: EarlyRequest,
): Promise<unknown> {
  const path = requestPath(message.url ?? '/');
  const found = siteFor(path, sites);
  if (found === undefined || isPreflight(message)) return undefined;
  const { site, allowed } = found;
  const refused = await new Promise<unknown>((resolve) => site.authenticate(request, undefined, resolve));
  if (refused !== undefined) return refused;
  const { method = '' } = message;
  if (allowed.length === 0) return routeNotFound();
  if (!allowed.includes(method)) return methodNotAllowed(allowed);
  if (method !== 'POST' && method !== 'PUT') return undefined;
  const bytes = await readBody(message);
  if (bytes === undefined) return bodyTooLarge();
  keepBody(message, bytes);
  return undefined;
}

/** @returns undefined where the path is the host's own */
function siteFor(path: string, sites: readonly Site[]): { site: Site; allowed: string[] } | undefined {
  for (const site of sites) {
    const allowed = site.methods.allowed(path);
    if (allowed.length > 0 || path.startsWith(site.below)) return { site, allowed };
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

function sitesOf(app: INestApplication): Site[] {
  const modules = app.get(ModulesContainer, { strict: false });
  const prefix = app.get(ApplicationConfig, { strict: false }).getGlobalPrefix();
  const heartbeats = [...modules.values()].filter(({ metatype }) => metatype === HeartbeatModule);
  return heartbeats
    .filter(({ controllers }) => controllers.size > 0)
    .map((module) => siteOf(module, modules, prefix));
}

function siteOf(module: Module, modules: ModulesContainer, prefix: string): Site {
  const own = [...modules.values()].filter(
    (other) => other === module || (other.metatype === HeartbeatEngineModule && other.imports.has(module)),
  );
  const methods = new MethodTable(controllersOf(own), prefix);
  const [controller] = controllersOf([module]);
  const below = `/${prefix}/${pathOf(controller)}/`.replace(/\/+/g, '/');
  const credentials = module.getProviderByKey(Credentials)?.instance as Credentials | null;
  return {
    methods,
    below,
    authenticate: credentials
      ? authenticationFirst(credentials, () => false)
      : (request, _response, next) => next(refusal(request)),
  };
}
