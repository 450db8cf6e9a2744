import 'reflect-metadata';
import { ConsoleLogger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { startStandalone } from '../app/standalone';
import { type Outcome, apply } from '../apply/apply';
import { ApplyError } from '../apply/apply-error';
import { HeartbeatServer } from '../apply/heartbeat-server';
import { type Wanted, wantedIn } from '../apply/wanted';
import { EmbeddedDatabaseError } from '../database/database-server';
import { legible, writeTo } from '../migration/report';
import { type Settings, readSettings } from '../settings/settings';
import { basicAuthorization, basicAuthorizationIn } from '../util/basic-authorization';
import { fileErrorText } from '../util/error-text';
import { httpCall } from '../util/http-call';
import type { Command } from './command-line';

/** The name of a file that stands for standard input. */
const STANDARD = '-';
/** What a dry run exits with where something would be changed. */
const DIFFERENT = 2;
/** How long a database of our own may take to be ready, its documents of old complete, in milliseconds. */
const READY_WITHIN_MS = 60_000;
const READY_EVERY_MS = 50;

const KINDS = ['created', 'changed', 'unchanged', 'removed', 'failed'] as const;

type ApplyCommand = Command & { name: 'apply' };

/**
 * `apply FILE`: makes the heartbeats those of a file, and reports on standard output. The process will exit with 1 where something
 * could not be done, and with 2 where a dry run found differences.
 * @throws ApplyError where nothing could be done; SettingsError; EmbeddedDatabaseError where a dry run finds no data
 */
export async function applyFile(command: ApplyCommand): Promise<void> {
  const { file, url } = command;
  const wanted = wantedIn(await bytesOf(file), file === STANDARD ? 'standard input' : legible(file));
  if (url !== undefined) return run(wanted, await serverAt(url, command), command);
  // Who only looks makes no database.
  await withOwnServer(command, (server) => run(wanted, server, command));
}

async function run(
  wanted: readonly Wanted[],
  server: HeartbeatServer,
  { dryRun, prune }: ApplyCommand,
): Promise<void> {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<(typeof KINDS)[number], number>;
  await apply(wanted, server, { dryRun, prune }, async (outcome) => {
    counts[outcome.failure === undefined ? outcome.step.kind : 'failed'] += 1;
    await writeTo(process.stdout, `${lineOf(outcome)}\n`);
  });
  const told = KINDS.filter((kind) => kind !== 'failed' || counts.failed > 0);
  const sums = told.map((kind) => `${kind} ${counts[kind]}`).join(', ');
  await writeTo(process.stdout, `${dryRun ? 'dry run: ' : ''}${sums}\n`);
  const differs = counts.created + counts.changed + counts.removed > 0;
  if (counts.failed > 0) process.exitCode = 1;
  else if (dryRun && differs) process.exitCode = DIFFERENT;
}

/** @returns one line, whatever the texts hold */
function lineOf({ step, id, failure }: Outcome): string {
  const { kind } = step;
  const known = kind === 'created' ? (id ?? step.wanted.id) : step.id;
  const pattern = kind === 'removed' ? step.pattern : step.wanted.heartbeat.pattern;
  const named = [known, JSON.stringify(pattern)]
    .filter((part) => part !== undefined)
    .map((part) => legible(part));
  const line = [failure === undefined ? kind : 'failed', ...named].join(' ');
  if (failure !== undefined) return `${line}: not ${kind}: ${legible(failure)}`;
  if (kind !== 'changed') return line;
  const changes = step.differences.map(
    ({ field, from, to }) => `${field} ${legible(JSON.stringify(from))} -> ${legible(JSON.stringify(to))}`,
  );
  return `${line}: ${changes.join(', ')}`;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return file === STANDARD ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    throw new ApplyError(`${legible(file)} cannot be read: ${fileErrorText(error)}`);
  }
}

/** A running server; credentials are in its address, or in a file, so that no list of processes shows them. */
async function serverAt(url: string, command: ApplyCommand): Promise<HeartbeatServer> {
  const address = addressOf(url);
  const { keyFile } = command;
  const authorization = address.username === '' ? undefined : basicAuthorizationIn(address);
  address.username = address.password = '';
  if (keyFile === undefined) {
    const credentials: Record<string, string> =
      authorization === undefined ? {} : { Authorization: authorization };
    return new HeartbeatServer(address, credentials, rightsFor(command));
  }
  if (authorization !== undefined)
    throw new ApplyError('give the credentials in --url, or a key with --key-file, not both');
  const key = Buffer.from(await bytesOf(keyFile))
    .toString()
    .trim();
  return new HeartbeatServer(address, { 'x-canopsis-authkey': key }, rightsFor(command));
}

/** What the user must have the right to do. */
function rightsFor({ dryRun, prune }: ApplyCommand): string[] {
  if (dryRun) return ['read'];
  return ['read', 'create', 'update', ...(prune ? ['delete'] : [])];
}

/** @throws ApplyError that does not quote it: it may hold a password */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ApplyError('--url must be an address such as http://127.0.0.1:8082');
  url.search = url.hash = '';
  // What the calls are below.
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** The API on the database of the settings, for as long as `work` takes: rules and errors are those of the API in either case. */
async function withOwnServer(
  command: ApplyCommand,
  work: (server: HeartbeatServer) => Promise<void>,
): Promise<void> {
  const password = randomUUID();
  const settings = alone(readSettings(), password);
  const logger = new ConsoleLogger({ logLevels: ['error', 'fatal'] });
  const starting = startStandalone(settings, logger, { create: !command.dryRun });
  const app = await starting.catch((error: unknown): never => {
    if (!(error instanceof EmbeddedDatabaseError && error.isInUse)) throw error;
    throw new ApplyError(`${error.message}: give the address of the running application, as --url http://…`);
  });
  try {
    await ready(app.url);
    const Authorization = basicAuthorization('apply', password);
    await work(new HeartbeatServer(new URL(`${app.url}/`), { Authorization }, rightsFor(command)));
  } finally {
    await app.close();
  }
}

/** Nobody else calls it, and it watches nothing. */
const alone = (settings: Settings, password: string): Settings => ({
  ...settings,
  ...{ host: '127.0.0.1', port: 0, role: 'api', webPage: 'off', trustedProxies: [] },
  ...{ users: new Map([['apply', password]]), usersFile: undefined },
  ...{ amqpUrl: undefined, alarmWebhookUrl: undefined, alarmWebhookSecret: undefined },
  alarmAlertmanagerUrl: undefined,
  ...{ metricsPort: undefined, metricsCredentials: undefined, rateLimitWrites: undefined },
});

/** @throws ApplyError where the database is away for a minute */
async function ready(url: string): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  const call = { method: 'HEAD', limitMs: READY_WITHIN_MS } as const;
  while ((await httpCall(new URL('/health/ready', url), call)).status !== 200) {
    if (performance.now() > until) throw new ApplyError('the database is not ready: it is away, or busy');
    await delay(READY_EVERY_MS);
  }
}
