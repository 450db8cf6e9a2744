import type { LogLevel } from '@nestjs/common';
import {
  amqpUrl,
  anyText,
  addressList,
  credentials,
  hostOrAddress,
  httpUrl,
  milliseconds,
  mongodbUri,
  oneOf,
  userList,
  wholeNumber,
} from './parsers';
import type { SettingDefinition } from './setting-definition';

/** What the environment says: one property for each environment variable. */
export interface EnvironmentSettings {
  /** Address or name to listen on. */
  readonly host: string;
  /** TCP port to listen on; 0 means any free one. */
  readonly port: number;
  /** Absent: the embedded MongoDB is used. */
  readonly mongodbUri?: string;
  /** Directory of the embedded MongoDB, relative to the working directory. */
  readonly dataDir: string;
  /** Which of the two generations of the API is served. */
  readonly dialect: 'canopsis-3' | 'canopsis-4';
  /** Password by user name. */
  readonly users?: ReadonlyMap<string, string>;
  /** Path of a file of users with hashed passwords, which the caller reads. */
  readonly usersFile?: string;
  /** What this process does: serve the API, watch the heartbeats, or both. */
  readonly role: 'all' | 'api' | 'engine';
  /** Absent: events and alarms stay in the process. */
  readonly amqpUrl?: string;
  /** How many events the broker hands over before the first of them is acknowledged. */
  readonly amqpPrefetch: number;
  /** Milliseconds after blind time in which no heartbeat is raised; a shorter interval shortens them. */
  readonly blindGraceMs: number;
  /** Where alarms are posted; never together with `amqpUrl`. */
  readonly alarmWebhookUrl?: string;
  /** What the posted alarms are signed with. */
  readonly alarmWebhookSecret?: string;
  /** Milliseconds after which an alarm that is still open is sent again. Absent: never. */
  readonly alarmRepeatMs?: number;
  /** Failed log-ins in a minute after which more are refused; 0: no limit. */
  readonly loginFailures: number;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** Changes of heartbeats a second for each user. Absent: no limit. */
  readonly rateLimitWrites?: number;
  /** Events a second for each user. Absent: no limit. */
  readonly rateLimitEvents?: number;
  /** Connections at the same time. */
  readonly maxConnections: number;
  /** The least important of Nest's levels that is logged. */
  readonly logLevel: LogLevel;
  /** What a line of the log is: JSON, text, or whichever fits what standard output is. */
  readonly logFormat: 'auto' | 'json' | 'text';
  /** Milliseconds; requests that take longer are logged as warnings. */
  readonly slowRequestMs: number;
  /** TCP port of the metrics alone; 0 means any free one. Absent: they are on the API's port. */
  readonly metricsPort?: number;
  /** Address or name to listen on for the metrics. */
  readonly metricsHost: string;
  /** Who may read the metrics. Absent: the API's users, or, on a port of their own, everybody. */
  readonly metricsCredentials?: { readonly name: string; readonly password: string };
}

/** A property that must not be absent needs a default, and the compiler sees to it. */
type SettingTable<T> = {
  readonly [K in keyof T]-?: SettingDefinition<NonNullable<T[K]>> &
    (undefined extends T[K] ? unknown : { readonly default: string });
};

/** The one list of settings: validation, `--help` and the README's table are made from it, in this order. */
export const SETTING_TABLE: SettingTable<EnvironmentSettings> = {
  host: {
    name: 'HOST',
    default: '127.0.0.1',
    description: 'Address to listen on: an IP address or a host name.',
    parse: hostOrAddress,
  },
  port: {
    name: 'PORT',
    default: '8082',
    description: 'TCP port to listen on; 0 takes any free one.',
    parse: wholeNumber(0, 65_535),
  },
  mongodbUri: {
    name: 'MONGODB_URI',
    description: 'Connection string of the MongoDB to use. Unset: the embedded MongoDB.',
    secret: true,
    parse: mongodbUri,
  },
  dataDir: {
    name: 'DATA_DIR',
    default: './data',
    description: 'Directory of the embedded MongoDB; not used where MONGODB_URI is set.',
    parse: anyText,
  },
  dialect: {
    name: 'HEARTBEAT_DIALECT',
    default: 'canopsis-4',
    description: 'Generation of the API to serve: canopsis-3 or canopsis-4.',
    parse: oneOf(['canopsis-3', 'canopsis-4']),
  },
  users: {
    name: 'HEARTBEAT_USERS',
    description:
      'Users as name:password with commas between. A name cannot hold a colon, a password cannot hold a comma. ' +
      'With no users set, root with password root is accepted, and only where HOST is loopback.',
    secret: true,
    parse: userList,
  },
  usersFile: {
    name: 'HEARTBEAT_USERS_FILE',
    description:
      'File of users instead of HEARTBEAT_USERS: a line each, the name, a colon and the hash of a password, ' +
      'or the name, :key: and the hash of an authentication key (npm run hash-password makes both).',
    parse: anyText,
  },
  role: {
    name: 'ROLE',
    default: 'all',
    description:
      'What this process does: api serves the API, engine watches the heartbeats and serves only /health, ' +
      'all does both. An api without AMQP_URL cannot deliver events.',
    parse: oneOf(['all', 'api', 'engine']),
  },
  amqpUrl: {
    name: 'AMQP_URL',
    description:
      'RabbitMQ that events come from and alarms go to, with the virtual host as its path. ' +
      'Unset: only events posted to this process count, and alarms go to the log.',
    secret: true,
    parse: amqpUrl,
  },
  amqpPrefetch: {
    name: 'AMQP_PREFETCH',
    default: '1000',
    description: 'How many events RabbitMQ may hand over before the first of them is acknowledged.',
    parse: wholeNumber(1, 65_535),
  },
  blindGraceMs: {
    name: 'BLIND_GRACE',
    default: '5m',
    description:
      'How long no alarm is raised after the engine could not hear events for more than 5 s; ' +
      'a heartbeat with a shorter interval waits for that only.',
    parse: milliseconds,
  },
  alarmWebhookUrl: {
    name: 'ALARM_WEBHOOK_URL',
    description: 'Where alarms are posted as JSON, besides the log; not together with AMQP_URL.',
    secret: true,
    parse: httpUrl,
  },
  alarmWebhookSecret: {
    name: 'ALARM_WEBHOOK_SECRET',
    description:
      'Key of the signature of posted alarms: X-Heartbeat-Signature is then sha256= and the HMAC-SHA256 of the body in hex.',
    secret: true,
    parse: anyText,
  },
  alarmRepeatMs: {
    name: 'ALARM_REPEAT',
    description: 'How often an alarm that is still open is sent again, for example 10m. Unset: never.',
    parse: milliseconds,
  },
  loginFailures: {
    name: 'LOGIN_FAILURES',
    default: '10',
    description:
      'Failed log-ins in a minute, from one network or under one name, after which more are refused with 429. ' +
      'Whoever was right before is not. 0: no limit.',
    parse: wholeNumber(0, 1_000_000),
  },
  trustedProxies: {
    name: 'TRUSTED_PROXIES',
    description:
      'Proxies in front, as IP addresses or networks (10.0.0.0/8) with commas between: their X-Forwarded-For ' +
      'tells the address of the client. Unset: whoever connects is the client.',
    parse: addressList,
  },
  rateLimitWrites: {
    name: 'RATE_LIMIT_WRITES',
    description:
      'Creations, changes and removals of heartbeats that each user may make in a second; ' +
      'what two seconds allow may come at once. Unset: no limit.',
    parse: wholeNumber(1, 1_000_000),
  },
  rateLimitEvents: {
    name: 'RATE_LIMIT_EVENTS',
    description:
      'Events that each user may post in a second, those of one request counted one by one; ' +
      'what two seconds allow may come at once. Unset: no limit.',
    parse: wholeNumber(1, 1_000_000),
  },
  maxConnections: {
    name: 'MAX_CONNECTIONS',
    default: '10000',
    description: 'Connections that clients may have open at the same time; further ones are closed at once.',
    parse: wholeNumber(1, 1_000_000),
  },
  logLevel: {
    name: 'LOG_LEVEL',
    default: 'log',
    description: 'Least important messages to log: fatal, error, warn, log, debug or verbose.',
    parse: oneOf(['fatal', 'error', 'warn', 'log', 'debug', 'verbose']),
  },
  logFormat: {
    name: 'LOG_FORMAT',
    default: 'auto',
    description:
      'What a line of the log is: json (needs the package nestjs-pino), text, or auto, which is text on a terminal or ' +
      'without that package, and json otherwise.',
    parse: oneOf(['auto', 'json', 'text']),
  },
  slowRequestMs: {
    name: 'SLOW_REQUEST',
    default: '2s',
    description: 'Requests that take longer are logged as warnings, as those are that are answered with 5xx.',
    parse: milliseconds,
  },
  metricsPort: {
    name: 'METRICS_PORT',
    description:
      'TCP port of GET /metrics alone; 0 takes any free one. Unset: it is on PORT, for the users of the API.',
    parse: wholeNumber(0, 65_535),
  },
  metricsHost: {
    name: 'METRICS_HOST',
    default: '127.0.0.1',
    description: 'Address to listen on for the metrics, where METRICS_PORT is set.',
    parse: hostOrAddress,
  },
  metricsCredentials: {
    name: 'METRICS_CREDENTIALS',
    description:
      'name:password that alone opens the metrics. Unset: the users of the API may read them, and on METRICS_PORT everybody.',
    secret: true,
    parse: credentials,
  },
};

/** The definitions in the order in which they are shown. */
export const SETTING_DEFINITIONS: readonly SettingDefinition<unknown>[] = Object.values(SETTING_TABLE);

/** Every environment variable that the product reads. */
export const SETTING_NAMES: readonly string[] = SETTING_DEFINITIONS.map((definition) => definition.name);
