import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Express } from 'express';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { METHODS, createServer } from 'node:http';
import { parse } from 'node:querystring';
import { errorAnswer } from '../canopsis/error-answer';
import { isJsonType } from '../canopsis/json-body.decorator';
import { BODY_LIMIT, EarlyHook } from './authentication-first';
import { answerPlainly, answerUnparsable } from './raw-answers';

/** An id may be as long as a request line can be (Node: 16 KiB of headers). */
const ID_LIMIT = 16 * 1024;
/** A request without `Host` is answered like any other; Node's own refusal has no body. */
const SERVER_OPTIONS = { requireHostHeader: false };

/** The HTTP frameworks that the application runs on. Fastify is the standalone application's. */
export type HttpFramework = 'fastify' | 'express';

/**
 * Fastify that leaves the bytes of a body as they are, for `JsonBody` to read, and errors of its own to us.
 * @param first what runs before anything else; Fastify does not run its hooks for an URL that it cannot decode
 */
export function fastifyAdapter(first: EarlyHook): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: ID_LIMIT,
      // Express's own choice: both then read what is not properly encoded in the same way.
      querystringParser: (text) => parse(text),
    },
    // While it closes, requests on open connections are still answered.
    return503OnClosing: false,
    http: SERVER_OPTIONS,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      first(request, reply, (problem) => {
        answerPlainly(errorAnswer(problem ?? error, request.method), reply.hijack().raw);
      });
    },
    clientErrorHandler: answerUnparsable,
  });
  const fastify = adapter.getInstance();
  for (const method of METHODS) {
    if (!fastify.supportedMethods.includes(method)) fastify.addHttpMethod(method, { hasBody: true });
  }
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
export function expressAdapter(): ExpressAdapter {
  const adapter = new OwnServerExpressAdapter();
  const express = adapter.getInstance<Express>().disable('x-powered-by').disable('etag');
  // The adapter has made the router before this setting could reach it.
  Object.assign(express.router, { caseSensitive: true });
  adapter.useBodyParser('raw', false, { type: () => true, limit: BODY_LIMIT, inflate: false });
  return adapter;
}

class OwnServerExpressAdapter extends ExpressAdapter {
  override initHttpServer(): void {
    this.httpServer = createServer(SERVER_OPTIONS, this.getInstance<Express>()).on(
      'clientError',
      answerUnparsable,
    );
  }
}
