import { DynamicModule, INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { IncomingMessage, Server } from 'node:http';
import { Credentials } from '../auth/credentials';
import { headersTooLarge } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import { HttpFramework, HttpOptions, httpAdapter } from './adapters';
import { EarlyHook, authenticationFirst, healthChecks } from './authentication-first';
import { hasTooManyHeaders } from './limits';
import { answerTheRest } from './raw-answers';
import { UnknownRouteFilter } from './unknown-route.filter';

/** How long requests under way may take once the application is told to stop, in milliseconds. */
const GRACE_MS = 10_000;

/**
 * Builds the application around its root module, which imports `HttpModule` and `AuthModule`: nobody gets in without
 * credentials, and all that goes wrong comes out in the Canopsis format. It does not listen yet.
 */
export async function createHttpApplication(
  root: DynamicModule,
  framework: HttpFramework,
  logger: NestApplicationOptions['logger'],
  options?: HttpOptions,
): Promise<INestApplication<Server>> {
  const hook: { first?: EarlyHook } = {};
  const first: EarlyHook = (request, response, next) => {
    // The credentials may be among those that were not read.
    if (hasTooManyHeaders((request.raw ?? request) as IncomingMessage)) next(headersTooLarge());
    else hook.first?.(request, response, next);
  };
  const adapter = httpAdapter(framework, first, options);
  const app = await NestFactory.create<INestApplication<Server>>(root, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger,
  });
  hook.first = authenticationFirst(app.get(Credentials, { strict: false }), healthChecks);
  // Nest asks the last one first.
  app.useGlobalFilters(
    app.get(CanopsisExceptionFilter, { strict: false }),
    app.get(UnknownRouteFilter, { strict: false }),
  );
  answerTheRest(app.getHttpServer(), first);
  return app;
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
