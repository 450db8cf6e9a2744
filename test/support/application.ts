import { ConsoleLogger, LoggerService } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { DialectName } from '../../src/domain/dialect';
import type { HttpFramework } from '../../src/http/adapters';
import type { ServerLimits } from '../../src/http/limits';
import { readSettings } from '../../src/settings/settings';
import { startStandalone } from '../../src/app/standalone';
import { type HeartbeatAppRequest, type RawAnswer, callOverHttp } from '../../src/testing/http-call';
import { Clock, systemClock } from '../../src/util/clock';

/** Every combination that the contract holds in. */
export const MATRIX: readonly [HttpFramework, DialectName][] = [
  ['fastify', 'canopsis-4'],
  ['fastify', 'canopsis-3'],
  ['express', 'canopsis-4'],
  ['express', 'canopsis-3'],
];

export interface TestOptions {
  framework?: HttpFramework;
  dialect?: DialectName;
  /** Default: the machine's clocks, also for what this one lacks. */
  clock?: Pick<Clock, 'now'> & Partial<Clock>;
  /** The database to use instead of one of this application's own. It is left as it is. */
  mongodbUri?: string;
  /** Where the log goes. Default: nowhere, but for what is fatal. */
  logger?: LoggerService;
  /** How long clients may take. Default: as long as in production. */
  limits?: Partial<ServerLimits>;
  /** Further settings, as environment variables. */
  env?: Record<string, string>;
}

export interface Answer extends RawAnswer {
  /** The parsed body; undefined where there is none. */
  json: unknown;
}

/** Default for `auth`: `root:root`. */
export type RequestOptions = HeartbeatAppRequest;

/** A whole application on a free port, and how to talk to it. */
export interface TestApplication {
  readonly url: string;
  readonly mongodbUri: string | undefined;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** Stops it and removes what it stored. */
  close(): Promise<void>;
}

/**
 * Starts the application as `npm start` does, in this process: on the MongoDB of `MONGODB_URI` in a database of its
 * own, or on an embedded one in a temporary directory.
 */
export async function startTestApplication(options: TestOptions = {}): Promise<TestApplication> {
  const { framework, dialect = 'canopsis-4', clock, limits, env } = options;
  const { logger = new ConsoleLogger({ logLevels: ['fatal'] }) } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'heartbeat-test-'));
  const outside = process.env.MONGODB_URI;
  const own = outside === undefined ? undefined : ownDatabase(outside);
  const mongodbUri = options.mongodbUri ?? own;
  const settings = readSettings({
    PORT: '0',
    DATA_DIR: dataDir,
    HEARTBEAT_DIALECT: dialect,
    // All tests come from one address, and many of them with wrong passwords.
    LOGIN_FAILURES: '0',
    ...(mongodbUri !== undefined && { MONGODB_URI: mongodbUri }),
    ...env,
  });
  const application = await startStandalone(settings, logger, {
    framework,
    clock: clock && { ...systemClock, ...clock },
    limits,
  });
  return {
    url: application.url,
    mongodbUri,
    request: (method, path, request) => {
      const ask = (): Promise<Answer> => send(application.url, method, path, request);
      return method === 'GET' && options.mongodbUri === undefined ? patiently(ask) : ask();
    },
    async close() {
      await application.close();
      await rm(dataDir, { recursive: true, force: true });
      if (own !== undefined && options.mongodbUri === undefined) await dropDatabase(own);
    },
  };
}

/**
 * A database that no test disturbs may still stand still for longer than the application waits, on a busy machine: what reads
 * is asked again, a few times.
 */
async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (tries === 5 || !answer.text.includes('database error')) return answer;
  }
}

/** Sends one request and reads the whole answer. */
export async function send(
  url: string,
  method: string,
  path: string,
  request?: RequestOptions,
): Promise<Answer> {
  const answer = await callOverHttp(url + path, method, 'root:root', request);
  return { ...answer, json: answer.text === '' ? undefined : JSON.parse(answer.text) };
}

/** The connection string of a database that nobody else uses, on the server of this connection string. */
export function ownDatabase(uri: string): string {
  const [, server, options = ''] = /^([^/]+\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  return `${server}/test-${randomUUID()}${options}`;
}

/** Removes the database of this connection string. */
export async function dropDatabase(uri: string): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  await connection.dropDatabase();
  await connection.close();
}
