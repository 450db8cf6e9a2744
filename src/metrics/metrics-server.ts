import { IncomingMessage, Server, ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import { CACHE_CONTROL } from '../canopsis/answers';
import { authenticationRequired, methodNotAllowed, routeNotFound } from '../canopsis/canopsis-error';
import { errorAnswer } from '../canopsis/error-answer';
import { type EarlyHook, refusal } from '../http/authentication-first';
import { answerPlainly, answerTheRest, answerUnparsable } from '../http/raw-answers';
import { requestPath } from '../http/request-path';
import { type ApplicationMetrics, METRICS_TYPE } from './application-metrics';
import { type MetricsAccess, isMetricsPath } from './metrics-access';

/** Where the metrics have a port of their own, and who may read them: everybody where there is no `access`. */
export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly access?: MetricsAccess;
}

/**
 * Serves `GET /metrics`, and nothing else, with the errors of the API.
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
      const refused = (error: unknown): void => answerPlainly(errorAnswer(error, ''), response);
      if (problem === undefined) answer(metrics, request, response).catch(refused);
      else refused(problem);
    }),
  );
  server.on('clientError', answerUnparsable);
  answerTheRest(server, first);
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
    'Content-Type': METRICS_TYPE,
    'Content-Length': text.length,
    'Cache-Control': CACHE_CONTROL,
  };
  response.writeHead(200, headers).end(method === 'HEAD' ? undefined : text);
}
