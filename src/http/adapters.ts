import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Express } from 'express';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { METHODS, type RequestListener, type Server } from 'node:http';
import { parse } from 'node:querystring';
import { isJsonType } from '../nest/json-body.decorator';
import { REQUEST_ID, requestIdOf } from '../nest/request-id';
import { MissingPackageError, hasPackage, optionalPackage, withVersion } from '../util/optional-package';
import { cleanForwardedFor } from './forwarded-for';
import type { PreBodyHook, PreBodyRequest } from './pre-body-hook';
import { answerTo } from './error-format';
import { BODY_LIMIT, HEAD_LIMIT, SERVER_LIMITS, ServerLimits, limitedServer } from './limits';
import { PROTECTIVE_HEADERS } from './protective-headers';
import { answerProtected, answerUnparsable } from './raw-answers';

/** The HTTP frameworks that the application runs on. */
export type HttpFramework = 'fastify' | 'express';

const FASTIFY = '@nestjs/platform-fastify';
const EXPRESS = '@nestjs/platform-express';

/**
 * Fastify, which is faster, where it is installed; else Express.
 * @throws MissingPackageError where neither is
 */
export function bestFramework(): HttpFramework {
  if (hasPackage(FASTIFY)) return 'fastify';
  if (hasPackage(EXPRESS)) return 'express';
  throw new MissingPackageError(
    `an HTTP server needs the package ${EXPRESS} or ${FASTIFY}: npm install ${withVersion(EXPRESS)}`,
  );
}

/** What the HTTP server is told; everything has a default. */
export interface HttpOptions {
  readonly limits?: Partial<ServerLimits>;
  /** Addresses and networks (CIDR) whose `X-Forwarded-For` is believed. Default: none. */
  readonly trustedProxies?: readonly string[];
}

type CompleteHttpOptions = { readonly limits: ServerLimits; readonly trustedProxies: string[] };

/**
 * Nest's adapter for a framework, set up so that both behave alike.
 * @param first what runs before anything else
 */
export function httpAdapter(
  framework: HttpFramework,
  first: PreBodyHook,
  { limits, trustedProxies = [] }: HttpOptions = {},
): AbstractHttpAdapter {
  const options = { limits: { ...SERVER_LIMITS, ...limits }, trustedProxies: [...trustedProxies] };
  const adapter = framework === 'fastify' ? fastifyAdapter(first, options) : expressAdapter(options);
  adapter.setOnRequestHook(
    (request: PreBodyRequest, response: Answering, next: (problem?: unknown) => void) => {
      const id = requestIdOf(response);
      if (id !== undefined) response.header(REQUEST_ID, id);
      for (const [name, value] of PROTECTIVE_HEADERS) adapter.setHeader(response, name, value);
      first(request, response, next);
    },
  );
  return adapter;
}

/** What Fastify's replies and Express's responses have in common. */
interface Answering {
  header(name: string, value: string): unknown;
}

function serverFor(listener: RequestListener, { limits, trustedProxies }: CompleteHttpOptions): Server {
  const server = limitedServer(listener, limits);
  if (trustedProxies.length > 0)
    server.prependListener('request', ({ headers }) => cleanForwardedFor(headers));
  return server;
}

function noSchemas(): never {
  throw new Error('no route has a schema that Fastify would check');
}

/**
 * Fastify that leaves the bytes of a body as they are, for `JsonBody` to read, and errors of its own to us.
 * @param first what runs before anything else; Fastify does not run its hooks for an URL that it cannot decode
 */
function fastifyAdapter(first: PreBodyHook, options: CompleteHttpOptions): AbstractHttpAdapter {
  const { trustedProxies } = options;
  const { FastifyAdapter } = optionalPackage<typeof import('@nestjs/platform-fastify')>(FASTIFY, 'Fastify');
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: HEAD_LIMIT,
      // Express's own choice: both then read what is not properly encoded in the same way.
      querystringParser: (text) => parse(text),
    },
    // Its router knows a whole URL by a scheme in lower case alone.
    rewriteUrl: ({ url = '' }) =>
      url.startsWith('/') ? url : url.replace(/^https?:/i, (scheme) => scheme.toLowerCase()),
    // Ours are checked by class-validator. Without these, Fastify loads two compilers of schemas, a twentieth of a start.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // While it closes, requests on open connections are still answered.
    return503OnClosing: false,
    serverFactory: (listener: RequestListener) => serverFor(listener, options),
    // Of the addresses that the trusted proxies tell, the first one from the right that is not trusted is the client's.
    trustProxy: trustedProxies.length > 0 && trustedProxies,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      first(request, reply, (problem) => {
        answerProtected(answerTo(problem ?? error, request), reply.hijack().raw);
      });
    },
    clientErrorHandler: answerUnparsable,
  });
  const fastify = adapter.getInstance();
  for (const method of METHODS) {
    if (!fastify.supportedMethods.includes(method)) fastify.addHttpMethod(method, { hasBody: true });
  }
  // Fastify would refuse a QUERY without a body, on every path, before its route is looked for; no route has this method.
  if (METHODS.includes('QUERY')) fastify.addHttpMethod('QUERY', { hasBody: false, overrideExisting: true });
  // Fastify refuses what it cannot read as a media type; here all that is not JSON is alike, see `JsonBody`.
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (!isJsonType(request.headers['content-type'])) delete request.headers['content-type'];
    done(null, payload);
  });
  // It would close the connection on a body that is too large, and the reset could take the answer with it. Node reads
  // and forgets the rest instead.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode === 413) reply.removeHeader('connection');
    done(null, payload);
  });
  fastify.removeAllContentTypeParsers();
  adapter.useBodyParser('*', false, { bodyLimit: BODY_LIMIT });
  return adapter;
}

/** Express with the same behaviour. */
function expressAdapter(options: CompleteHttpOptions): AbstractHttpAdapter {
  const { trustedProxies } = options;
  const { ExpressAdapter } = optionalPackage<typeof import('@nestjs/platform-express')>(EXPRESS, 'Express');
  class OwnServerExpressAdapter extends ExpressAdapter {
    override initHttpServer(): void {
      const app = this.getInstance<Express>();
      this.httpServer = serverFor(app, options).on('clientError', answerUnparsable);
    }
  }
  const adapter = new OwnServerExpressAdapter();
  const express = adapter.getInstance<Express>().disable('x-powered-by').disable('etag');
  // The adapter has made the router before this setting could reach it.
  Object.assign(express.router, { caseSensitive: true });
  if (trustedProxies.length > 0) express.set('trust proxy', trustedProxies);
  adapter.useBodyParser('raw', false, { type: () => true, limit: BODY_LIMIT, inflate: false });
  return adapter;
}
