import { INestApplication, LoggerService } from '@nestjs/common';
import type { Server } from 'node:http';
import { alarmTemplateOf } from './alarm-template';
import { AppModule } from './app.module';
import { listenProblem } from './listen-problem';
import { HashedUsers } from '../auth/hashed-users';
import { PlainUsers } from '../auth/plain-users';
import type { Users } from '../auth/users';
import { parseUsersFile } from '../auth/users-file';
import { connectionStringProblem } from '../database/connection-string';
import { DatabaseServer, databaseServer } from '../database/database-server';
import type { HeartbeatEngineOptions } from '../engine/engine.options';
import type { WebhookOptions } from '../engine/alarms/receiver-options';
import { HttpFramework, bestFramework } from '../http/adapters';
import type { ServerLimits } from '../http/limits';
import { closeGracefully, createHttpApplication } from '../http/http-application';
import { HealthService } from '../observability/health.service';
import { ApplicationMetrics } from '../metrics/application-metrics';
import { MetricsAccess } from '../metrics/metrics-access';
import { type MetricsServerOptions, listenForMetrics } from '../observability/metrics-server';
import type { Proxies } from '../util/http-proxy';
import type { Clock } from '../util/clock';
import { PageStore } from '../page/page-store';
import { Settings, SettingsError } from '../settings/settings';
import { fileErrorText } from '../util/error-text';
import { readText } from '../util/read-text';

/** The application, listening. */
export interface RunningApplication {
  /** Where it listens, e.g. `http://127.0.0.1:8082`. */
  readonly url: string;
  /** Where the metrics are, e.g. `http://127.0.0.1:8082/metrics`. */
  readonly metricsUrl: string;
  /** Where the page is, e.g. `http://127.0.0.1:8082/`; absent where there is none. */
  readonly pageUrl?: string;
  /** Finishes the requests under way (10 s at most), then closes the database. */
  close(): Promise<void>;
}

export interface StandaloneOptions {
  /** Default: Fastify where it is installed, otherwise Express. */
  framework?: HttpFramework;
  /** Default: the machine's wall clock. */
  clock?: Clock;
  /** How long clients may take. Default: `SERVER_LIMITS`. */
  limits?: Partial<ServerLimits>;
  /** Whether an embedded database is made where there is none. Default: true. */
  create?: boolean;
}

/**
 * Starts the whole standalone application. It listens even when the outside database is away, and answers the
 * documented database error until that is back.
 * @throws SettingsError for a users file, a connection string or a template that cannot be used, EmbeddedDatabaseError for a data directory that cannot
 */
export async function startStandalone(
  settings: Settings,
  logger: LoggerService,
  { framework = bestFramework(), clock, limits, create }: StandaloneOptions = {},
): Promise<RunningApplication> {
  refuseConnectionString(settings);
  warnOfDeafness(settings, logger);
  const [users, template] = [await usersOf(settings), await alarmTemplateOf(settings)];
  const { metricsCredentials, metricsPort } = settings;
  const ownPort = metricsPort !== undefined;
  const access = metricsCredentials && new MetricsAccess(metricsCredentials);
  const database = await databaseServer(settings.mongodbUri, settings.dataDir, { create });
  let app: INestApplication<Server> | undefined;
  let metrics: Server | undefined;
  try {
    const root = AppModule.register({
      dialect: settings.dialect,
      users,
      databaseUri: database.uri,
      role: settings.role,
      engine: {
        amqp: amqpOf(settings),
        ...receiversOf(settings, template),
        blindGraceMs: settings.blindGraceMs,
        pathCheck: settings.pathCheck === 'on',
        tolerance: settings.tolerance,
        repeatMs: settings.alarmRepeatMs,
        prefetch: settings.amqpPrefetch,
        pingSecret: settings.pingSecret,
      },
      limits: {
        loginFailures: settings.loginFailures,
        writesPerSecond: settings.rateLimitWrites,
        eventsPerSecond: settings.rateLimitEvents,
      },
      metrics: { ownPort, access, heartbeats: settings.metricsHeartbeats },
      page: settings.webPage === 'on',
      clock,
    });
    const made = (app = await createHttpApplication(root, framework, logger, {
      limits: { connections: settings.maxConnections, ...limits },
      trustedProxies: settings.trustedProxies,
      each: ['debug', 'verbose'].includes(settings.logLevel),
      slowMs: settings.slowRequestMs,
      metricsAccess: ownPort ? undefined : access,
    }));
    metrics = await metricsServer(settings, made, { access, limits });
    await listen(made, settings);
    const url = urlOf(made.getHttpServer());
    return {
      url,
      ...(hasPage(settings, made) && { pageUrl: `${url}/` }),
      metricsUrl: `${metrics ? urlOf(metrics) : url}/metrics`,
      close: () => closeAll(made, database, metrics),
    };
  } catch (error) {
    // What went wrong first is what is told.
    await closeAll(app, database, metrics).catch(() => undefined);
    throw error;
  }
}

/** @throws SettingsError for a MONGODB_URI that will never do */
export function refuseConnectionString({ mongodbUri }: Settings): void {
  const problem = mongodbUri === undefined ? undefined : connectionStringProblem(mongodbUri);
  if (problem !== undefined) throw new SettingsError([`MONGODB_URI cannot be used: ${problem}`]);
}

/** Without a broker, events never leave the process that they came to. */
function warnOfDeafness({ role, amqpUrl }: Settings, logger: LoggerService): void {
  if (amqpUrl !== undefined || role === 'all') return;
  logger.warn(
    role === 'api'
      ? 'ROLE=api without AMQP_URL: no engine gets the events that are posted here; they come back in retry_events'
      : 'ROLE=engine without AMQP_URL: no event reaches this engine, so every heartbeat will count as silent',
  );
}

function amqpOf({
  amqpUrl: url,
  amqpExchange: exchange,
  amqpQueue: queue,
}: Settings): HeartbeatEngineOptions['amqp'] {
  return url === undefined ? undefined : { url, exchange, queue };
}

function webhookOf(settings: Settings, template: string | undefined): WebhookOptions | undefined {
  const { alarmWebhookUrl: url, alarmWebhookSecret: secret, alarmWebhookHeaders: headers } = settings;
  const { alarmWebhookTimeoutMs: limitMs, alarmWebhookContentType: contentType } = settings;
  if (url === undefined) return undefined;
  return { url, secret, headers, template, contentType, limitMs, proxies: proxiesOf(settings) };
}

/** Whom alarms go to beside the broker. @param template of what is posted to the webhook */
function receiversOf(
  settings: Settings,
  template: string | undefined,
): Pick<HeartbeatEngineOptions, 'webhook' | 'alertmanager'> {
  const { alarmAlertmanagerUrl: url } = settings;
  const alertmanager = url === undefined ? undefined : { url, proxies: proxiesOf(settings) };
  return { webhook: webhookOf(settings, template), alertmanager };
}

/** The proxies by which others are called. */
export const proxiesOf = ({ httpProxy, httpsProxy, noProxy }: Settings): Proxies => ({
  ...{ http: httpProxy, https: httpsProxy, none: noProxy },
});

/** @throws ListenError where METRICS_PORT cannot be listened on */
async function metricsServer(
  { metricsPort: port, metricsHost: host }: Settings,
  app: INestApplication,
  options: Pick<MetricsServerOptions, 'access' | 'limits'>,
): Promise<Server | undefined> {
  if (port === undefined) return undefined;
  try {
    return await listenForMetrics(app.get(ApplicationMetrics, { strict: false }), { host, port, ...options });
  } catch (error) {
    throw listenProblem(error, 'METRICS_PORT', { host, port });
  }
}

/** @throws MissingPackageError where no package of an HTTP server is installed */
export function refuseMissingFramework(): void {
  bestFramework();
}

/** @throws ListenError where PORT cannot be listened on */
async function listen(app: INestApplication, { port, host }: Settings): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    throw listenProblem(error, 'PORT', { host, port });
  }
}

/** Whether there is a page: it may be switched off, or not have been built. */
const hasPage = ({ webPage, role }: Settings, app: INestApplication): boolean =>
  webPage === 'on' && role !== 'engine' && app.get(PageStore, { strict: false }).exists;

async function closeAll(
  app: INestApplication<Server> | undefined,
  database: DatabaseServer,
  metrics: Server | undefined,
): Promise<void> {
  app?.get(HealthService, { strict: false }).beginShutdown();
  try {
    if (app) await closeGracefully(app);
  } finally {
    metrics?.close().closeAllConnections();
    await database.close();
  }
}

/** @throws SettingsError where the users file cannot be used */
export async function usersOf({ users, usersFile }: Settings): Promise<Users> {
  if (usersFile === undefined) return new PlainUsers(users ?? new Map());
  try {
    return new HashedUsers(parseUsersFile(await readText(usersFile)));
  } catch (error) {
    const made = '`canopsis-heartbeat hash-password NAME` makes its lines';
    throw new SettingsError([`HEARTBEAT_USERS_FILE, ${usersFile}: ${fileErrorText(error)}; ${made}`]);
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
