import { Logger } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { CACHE_CONTROL } from '../canopsis/answers';
import { authenticationRequired, methodNotAllowed, routeNotFound } from '../canopsis/canopsis-error';
import { errorAnswer } from '../canopsis/error-answer';
import { logUnforeseen } from '../nest/log-unforeseen';
import { REQUEST_ID, requestIdOf } from '../nest/request-id';
import { type PreBodyHook, refusal } from '../http/pre-body-hook';
import { type ServerLimits, SERVER_LIMITS, limitedServer } from '../http/limits';
import { withinHeaderCount } from '../http/pre-body-hook';
import { PROTECTIVE_HEADERS } from '../http/protective-headers';
import { answerProtected, handleExpectAndConnect, answerUnparsable } from '../http/raw-answers';
import { requestPath } from '../http/request-path';
import { AccessLog } from '../http/access-log';
import { type ApplicationMetrics, METRICS_TYPE } from '../metrics/application-metrics';
import { type MetricsAccess, isMetricsPath } from '../metrics/metrics-access';

const logger = new Logger('MetricsServer');

/** Where the metrics have a port of their own, and who may read them: everybody where there is no `access`. */
export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly access?: MetricsAccess;
  /** Default: those of the API's port. */
  readonly limits?: Partial<ServerLimits>;
}

/**
 * Serves `GET /metrics`, and nothing else, with the errors, the headers and the request log of the API.
 * @throws Error of Node (`EADDRINUSE` and the like) where it cannot listen
 */
export async function listenForMetrics(
  metrics: Pick<ApplicationMetrics, 'text'>,
  { host, port, access, limits }: MetricsServerOptions,
): Promise<Server> {
  const first: PreBodyHook = withinHeaderCount((request, _response, next) =>
    next(
      access?.admits(request.headers.authorization) === false ? authenticationRequired() : refusal(request),
    ),
  );
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    first(request as Parameters<PreBodyHook>[0], response, (problem) => {
      if (problem !== undefined) refuse(problem, response);
      else answer(metrics, request, response).catch((error: unknown) => refuse(error, response));
    });
  const server = limitedServer(listener, { ...SERVER_LIMITS, ...limits });
  server.on('clientError', answerUnparsable);
  // Not counted: these are requests of the monitoring, and the numbers are of the API.
  const watch = new AccessLog({
    routes: { templateOf: (path) => (isMetricsPath(path) ? '/metrics' : undefined) },
    observe: () => undefined,
    userOf: () => undefined,
  });
  watch.watch(server);
  handleExpectAndConnect(server, first, watch);
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
  if (shaped.statusCode >= 500) logUnforeseen(logger, problem, response);
  answerProtected(shaped, response);
}
