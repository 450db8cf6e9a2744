import { DynamicModule, INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import { admittedUser } from '../auth/admission';
import { Credentials } from '../auth/credentials';
import { authenticationRequired } from '../canopsis/canopsis-error';
import { HttpFramework, HttpOptions, httpAdapter } from './adapters';
import { authenticationFirst } from './authentication-first';
import { PreBodyHook, refusal, sendingSlashesOn, withinHeaderCount } from './pre-body-hook';
import { HttpDurations } from '../metrics/http-durations';
import { MetricsAccess, isMetricsPath } from '../metrics/metrics-access';
import { isBelowV4 } from './error-format';
import { PathExceptionFilter } from './path-exception.filter';
import { RouteTable } from './route-table';
import { handleExpectAndConnect } from './raw-answers';
import { requestPath } from './request-path';
import { AccessLogOptions, AccessLog } from './access-log';
import { UnknownRouteFilter } from './unknown-route.filter';

/** How long requests under way may take once the application is told to stop, in milliseconds. */
const GRACE_MS = 10_000;

/** What may be different about the HTTP server. */
export interface HttpApplicationOptions extends HttpOptions, AccessLogOptions {
  /** Who may read `GET /metrics`, where that is not the users of the API. */
  readonly metricsAccess?: MetricsAccess;
}

/**
 * Builds the application around its root module, which imports `HttpModule` and `HeartbeatModule`: nobody gets in without
 * credentials, and all that goes wrong comes out in the Canopsis format. It does not listen yet.
 */
export async function createHttpApplication(
  root: DynamicModule,
  framework: HttpFramework,
  logger: NestApplicationOptions['logger'],
  { metricsAccess, each, slowMs, ...options }: HttpApplicationOptions = {},
): Promise<INestApplication<Server>> {
  const hook: { first?: PreBodyHook } = {};
  const first = withinHeaderCount((request, response, next) => hook.first?.(request, response, next));
  const adapter = httpAdapter(framework, first, options);
  const app = await NestFactory.create<INestApplication<Server>>(root, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger,
  });
  const credentials = app.get(Credentials, { strict: false });
  const routes = app.get(RouteTable, { strict: false });
  hook.first = sendingSlashesOn(
    (path) => isBelowV4(path) && routes.templateOf(path) !== undefined,
    metricsFirst(
      metricsAccess,
      authenticationFirst(credentials, (...call) => routes.isOpen(...call)),
    ),
  );
  // Nest asks the last one first.
  app.useGlobalFilters(
    app.get(PathExceptionFilter, { strict: false }),
    app.get(UnknownRouteFilter, { strict: false }),
  );
  const durations = app.get(HttpDurations, { strict: false });
  const watch = new AccessLog({
    ...{ each, slowMs, routes },
    observe: (...answer) => durations.observe(...answer),
    userOf: (request) => (admittedUser(request, credentials) ?? credentials.recall(request.headers))?.name,
  });
  watch.watch(app.getHttpServer());
  handleExpectAndConnect(app.getHttpServer(), first, watch);
  return app;
}

/** Where the metrics have credentials of their own, those and no others open them. */
function metricsFirst(access: MetricsAccess | undefined, others: PreBodyHook): PreBodyHook {
  if (access === undefined) return others;
  return (request, response, next) => {
    if (!isMetricsPath(requestPath(request.url))) return others(request, response, next);
    next(access.admits(request.headers.authorization) ? refusal(request) : authenticationRequired());
  };
}

/** Stops listening, lets the requests under way finish for at most 10 s, then closes everything. */
export async function closeGracefully(app: INestApplication<Server>): Promise<void> {
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
