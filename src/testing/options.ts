import type { LoggerService } from '@nestjs/common';
import { DIALECT_NAMES, type DialectName } from '../domain/dialect';
import { type HttpFramework, bestFramework } from '../http/adapters';
import { isJsonObject, unknownField } from '../util/json-object';
import { LATEST_MS, isMoment } from './moments';

/** What a test may choose of its application. */
export interface HeartbeatAppOptions {
  /** Default: `canopsis-4`. */
  readonly dialect?: DialectName;
  /** Passwords by name. Default: `root` with password `root`. The first one makes the calls of the {@link HeartbeatApp}. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default: Fastify where it is installed, otherwise Express. */
  readonly framework?: HttpFramework;
  /** Where the clock begins, in milliseconds since the Unix epoch. Default: now. */
  readonly now?: number;
  /** TCP port on loopback. Default: any free one. */
  readonly port?: number;
  /** Default: nothing is logged. It gets what this application logs, and nothing else. */
  readonly logger?: LoggerService;
}

/** The options, complete. */
export type CompleteAppOptions = Required<Omit<HeartbeatAppOptions, 'logger'>> &
  Pick<HeartbeatAppOptions, 'logger'>;

const FRAMEWORKS: readonly HttpFramework[] = ['fastify', 'express'];
const LARGEST_PORT = 65_535;

/** What each option must be, in the words of the error, and whether it is. */
const RULES: Record<keyof HeartbeatAppOptions, readonly [string, (value: unknown) => boolean]> = {
  dialect: [`one of ${DIALECT_NAMES.join(', ')}`, (value) => DIALECT_NAMES.some((name) => name === value)],
  users: [
    'an object of passwords by name, with one user at least, no name empty or with a colon, no password empty',
    isUsers,
  ],
  framework: [`one of ${FRAMEWORKS.join(', ')}`, (value) => FRAMEWORKS.some((name) => name === value)],
  now: [`a number of milliseconds since the Unix epoch, from 0 to ${LATEST_MS}`, isMoment],
  port: [
    `a whole number from 0 to ${LARGEST_PORT}`,
    (value) => Number.isInteger(value) && isBetween(value as number, 0, LARGEST_PORT),
  ],
  logger: ['an object with log(), warn() and error()', isLogger],
};

/**
 * Completes the options with their defaults.
 * @throws TypeError that names the option that cannot be used
 */
export function completeAppOptions(options: HeartbeatAppOptions): CompleteAppOptions {
  const given: unknown = options;
  if (!isJsonObject(given)) throw wrong('the options must be an object');
  const known = Object.keys(RULES);
  const unknown = unknownField(given, known);
  if (unknown !== undefined) throw wrong(`there is no option ${unknown}; there are ${known.join(', ')}`);
  for (const [name, [what, holds]] of Object.entries(RULES)) {
    const value = given[name];
    if (value !== undefined && !holds(value)) throw wrong(`${name} must be ${what}`);
  }
  return {
    dialect: options.dialect ?? 'canopsis-4',
    users: options.users ?? { root: 'root' },
    framework: options.framework ?? bestFramework(),
    now: options.now ?? Date.now(),
    port: options.port ?? 0,
    logger: options.logger,
  };
}

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;

function isUsers(value: unknown): boolean {
  const users = isJsonObject(value) ? Object.entries(value) : [];
  const isUser = ([name, password]: [string, unknown]): boolean =>
    name !== '' && !name.includes(':') && typeof password === 'string' && password !== '';
  return users.length > 0 && users.every(isUser);
}

function isLogger(value: unknown): boolean {
  return isJsonObject(value) && ['log', 'warn', 'error'].every((name) => typeof value[name] === 'function');
}

const wrong = (problem: string): TypeError => new TypeError(`startHeartbeatApp: ${problem}`);
