import { INestApplication, LoggerService } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { AppModule } from './app.module';
import { HashedUsers } from './auth/hashed-users';
import { PlainUsers } from './auth/plain-users';
import type { Users } from './auth/users';
import { parseUsersFile } from './auth/users-file';
import { connectionStringProblem } from './database/connection-string';
import { DatabaseServer, databaseServer } from './database/database-server';
import type { WebhookOptions } from './engine/alarm-sinks/webhook-alarm-sink';
import { HttpFramework, bestFramework } from './http/adapters';
import type { ServerLimits } from './http/limits';
import { closeGracefully, createHttpApplication } from './http/http-application';
import { ApplicationMetrics } from './metrics/application-metrics';
import { MetricsAccess } from './metrics/metrics-access';
import { listenForMetrics } from './metrics/metrics-server';
import type { Clock } from './time/clock';
import { Settings, SettingsError } from './settings/settings';

/** The application, listening. */
export interface RunningApplication {
  /** Where it listens, e.g. `http://127.0.0.1:8082`. */
  readonly url: string;
  /** Where the metrics are, e.g. `http://127.0.0.1:8082/metrics`. */
  readonly metricsUrl: string;
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
}

/**
 * Starts the whole standalone application. It listens even when the outside database is away, and answers the
 * documented database error until that is back.
 * @throws SettingsError for a users file or a connection string that cannot be used, EmbeddedMongoError for a data directory that cannot
 */
export async function startStandalone(
  settings: Settings,
  logger: LoggerService,
  { framework = bestFramework(), clock, limits }: StandaloneOptions = {},
): Promise<RunningApplication> {
  refuseConnectionString(settings);
  warnOfDeafness(settings, logger);
  const users = await usersOf(settings);
  const { metricsCredentials, metricsPort } = settings;
  const ownPort = metricsPort !== undefined;
  const access = metricsCredentials && new MetricsAccess(metricsCredentials);
  const database = await databaseServer(settings.mongodbUri, settings.dataDir);
  let metrics: Server | undefined;
  try {
    const root = AppModule.register({
      dialect: settings.dialect,
      users,
      databaseUri: database.uri,
      role: settings.role,
      engine: {
        amqp: settings.amqpUrl === undefined ? undefined : { url: settings.amqpUrl },
        webhook: webhookOf(settings),
        blindGraceMs: settings.blindGraceMs,
        repeatMs: settings.alarmRepeatMs,
        prefetch: settings.amqpPrefetch,
      },
      limits: {
        loginFailures: settings.loginFailures,
        writesPerSecond: settings.rateLimitWrites,
        eventsPerSecond: settings.rateLimitEvents,
      },
      metrics: { ownPort, access },
      clock,
    });
    const app = await createHttpApplication(root, framework, logger, {
      limits: { connections: settings.maxConnections, ...limits },
      trustedProxies: settings.trustedProxies,
      each: ['debug', 'verbose'].includes(settings.logLevel),
      slowMs: settings.slowRequestMs,
      metricsAccess: ownPort ? undefined : access,
    });
    metrics = await metricsServer(settings, app, access);
    await app.listen(settings.port, settings.host);
    const url = urlOf(app.getHttpServer());
    return {
      url,
      metricsUrl: `${metrics ? urlOf(metrics) : url}/metrics`,
      close: () => closeAll(app, database, metrics),
    };
  } catch (error) {
    metrics?.close();
    await database.close();
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

function webhookOf({
  alarmWebhookUrl: url,
  alarmWebhookSecret: secret,
}: Settings): WebhookOptions | undefined {
  return url === undefined ? undefined : { url, secret };
}

/** @throws SettingsError where METRICS_PORT cannot be listened on */
async function metricsServer(
  { metricsPort: port, metricsHost: host }: Settings,
  app: INestApplication,
  access: MetricsAccess | undefined,
): Promise<Server | undefined> {
  if (port === undefined) return undefined;
  try {
    return await listenForMetrics(app.get(ApplicationMetrics, { strict: false }), { host, port, access });
  } catch (error) {
    throw new SettingsError([`METRICS_PORT cannot be listened on: ${(error as Error).message}`]);
  }
}

async function closeAll(
  app: INestApplication<Server>,
  database: DatabaseServer,
  metrics: Server | undefined,
): Promise<void> {
  try {
    await closeGracefully(app);
  } finally {
    metrics?.close().closeAllConnections();
    await database.close();
  }
}

/** @throws SettingsError where the users file cannot be used */
export async function usersOf({ users, usersFile }: Settings): Promise<Users> {
  if (usersFile === undefined) return new PlainUsers(users ?? new Map());
  try {
    return new HashedUsers(parseUsersFile(await readFile(usersFile, 'utf8')));
  } catch (error) {
    throw new SettingsError([`HEARTBEAT_USERS_FILE, ${usersFile}: ${(error as Error).message}`]);
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
