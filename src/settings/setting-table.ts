import {
  amqpName,
  amqpUrl,
  anyText,
  addressList,
  credentials,
  hostOrAddress,
  milliseconds,
  mongodbUri,
  oneOf,
  secretText,
  tolerance,
  userList,
  wholeNumber,
} from './parsers';
import { DIALECT_NAMES } from '../domain/dialect';
import type { EnvironmentSettings } from './environment-settings';
import { ALARM_SETTINGS } from './alarm-settings';
import type { SettingDefinition, SettingTable } from './setting-definition';

/** The one list of settings: validation, `--help` and the table in docs/settings.md are made from it, in this order. */
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
    description: 'Generation of the API to serve: canopsis-3, canopsis-4 or canopsis-4.3.',
    parse: oneOf(DIALECT_NAMES),
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
      'or the name, :key: and the hash of an authentication key (canopsis-heartbeat hash-password makes both).',
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
  webPage: {
    name: 'WEB_PAGE',
    default: 'on',
    description: 'Whether the page for people is served at /, where this process serves the API: on or off.',
    parse: oneOf(['on', 'off']),
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
    description:
      'How many events RabbitMQ may hand over before the first of them is acknowledged. ' +
      'More make fewer and larger writes: for many thousands a second, 10000.',
    parse: wholeNumber(1, 65_535),
  },
  amqpExchange: {
    name: 'AMQP_EXCHANGE',
    default: 'canopsis.events',
    description: 'Topic exchange of RabbitMQ that events come from and alarms go to.',
    parse: amqpName,
  },
  amqpQueue: {
    name: 'AMQP_QUEUE',
    default: 'Engine_heartbeat',
    description: 'Queue that the engines of one database take events from; each installation needs its own.',
    parse: amqpName,
  },
  pathCheck: {
    name: 'PATH_CHECK',
    default: 'on',
    description:
      'Whether the engine sends an event of its own through the exchange where no other shows that events come: on or off. ' +
      'With off, a quiet queue is believed to be in order.',
    parse: oneOf(['on', 'off']),
  },
  tolerance: {
    name: 'TOLERANCE',
    default: '0',
    description:
      'What is added to every expected_interval: a time (30s) or a share of it (10%); the same for all engines.',
    parse: tolerance,
  },
  blindGraceMs: {
    name: 'BLIND_GRACE',
    default: '5m',
    description:
      'After the engine could not hear events for more than 5 s, a heartbeat is raised once it was listened to for so long ' +
      'without interruption, or for its interval where that is shorter, or for its whole interval in sum.',
    parse: milliseconds,
  },
  pingSecret: {
    name: 'PING_SECRET',
    description:
      'Key of the tokens by which heartbeats are pinged without credentials, at least 16 characters; ' +
      'the same for all processes. With another one all ping URLs change.',
    secret: true,
    parse: secretText,
  },
  ...ALARM_SETTINGS,
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
  metricsHeartbeats: {
    name: 'METRICS_HEARTBEATS',
    default: '0',
    description:
      'Of how many heartbeats, the first by id, the metrics show state, last event and deadline one by one; at most 5000. ' +
      '0: of none.',
    parse: wholeNumber(0, 5_000),
  },
};

/** The definitions in the order in which they are shown. */
export const SETTING_DEFINITIONS: readonly SettingDefinition<unknown>[] = Object.values(SETTING_TABLE);

/** Every environment variable that the product reads. */
export const SETTING_NAMES: readonly string[] = SETTING_DEFINITIONS.map(({ name }) => name);

/** Other names of some of them. */
export const SETTING_ALIASES: readonly string[] = SETTING_DEFINITIONS.flatMap(({ alias }) => alias ?? []);
