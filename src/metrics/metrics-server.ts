import { Logger } from '@nestjs/common';
import { IncomingMessage, Server, ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import { CACHE_CONTROL } from '../canopsis/answers';
import { authenticationRequired, methodNotAllowed, routeNotFound } from '../canopsis/canopsis-error';
import { errorAnswer } from '../canopsis/error-answer';
import { REQUEST_ID, requestIdOf } from '../canopsis/request-id';
import { type EarlyHook, refusal } from '../http/authentication-first';
import { PROTECTIVE_HEADERS } from '../http/protective-headers';
import { answerProtected, answerTheRest, answerUnparsable } from '../http/raw-answers';
import { requestPath } from '../http/request-path';
import { RequestWatch } from '../http/request-watch';
import { type ApplicationMetrics, METRICS_TYPE } from './application-metrics';
import { type MetricsAccess, isMetricsPath } from './metrics-access';

const logger = new Logger('MetricsServer');

/** Where the metrics have a port of their own, and who may read them: everybody where there is no `access`. */
export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly access?: MetricsAccess;
}

/**
 * Serves `GET /metrics`, and nothing else, with the errors, the headers and the request log of the API.
 * @throws Error of Node (`EADDRINUSE` and the like) where it cannot listen
 */
export async function listenForMetrics(
  metrics: Pick<ApplicationMetrics, 'text'>,
  { host, port, access }: MetricsServerOptions,
): Promise<Server> {
  const first: EarlyHook = (request, _response, next) =>
    next(
      access?.admits(request.headers.authorization) === false ? authenticationRequired() : refusal(request),
    );
  const server = createServer({ requireHostHeader: false }, (request, response) =>
    first(request as Parameters<EarlyHook>[0], response, (problem) => {
      if (problem !== undefined) refuse(problem, response);
      else answer(metrics, request, response).catch((error: unknown) => refuse(error, response));
    }),
  );
  server.on('clientError', answerUnparsable);
  // Not counted: these are requests of the monitoring, and the numbers are of the API.
  const watch = new RequestWatch({
    routes: { templateOf: (path) => (isMetricsPath(path) ? '/metrics' : undefined) },
    observe: () => undefined,
    userOf: () => undefined,
  });
  watch.watch(server);
  answerTheRest(server, first, watch);
  server.listen(port, host);
  // Rejects with the server's error where there is one first.
  await once(server, 'listening');
  return server;
}

async function answer(
  metrics: Pick<ApplicationMetrics, 'text'>,
  { method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isMetricsPath(requestPath(url))) throw routeNotFound();
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(['GET', 'HEAD']);
  const text = Buffer.from(await metrics.text());
  const headers = {
    ...Object.fromEntries(PROTECTIVE_HEADERS),
    [REQUEST_ID]: requestIdOf(response),
    'Content-Type': METRICS_TYPE,
    'Content-Length': text.length,
    'Cache-Control': CACHE_CONTROL,
  };
  response.writeHead(200, headers).end(method === 'HEAD' ? undefined : text);
}

function refuse(problem: unknown, response: ServerResponse): void {
  const shaped = errorAnswer(problem, '');
  if (shaped.status >= 500) {
    const cause = problem instanceof Error ? problem.stack : String(problem);
    logger.error(`unforeseen error in request ${requestIdOf(response)}`, cause);
  }
  answerProtected(shaped, response);
}
