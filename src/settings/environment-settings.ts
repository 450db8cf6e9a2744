import type { LogLevel } from '@nestjs/common';
import type { DialectName } from '../domain/dialect';
import type { Tolerance } from '../domain/tolerance';

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
  /** Which generation of the API is served. */
  readonly dialect: DialectName;
  /** Password by user name. */
  readonly users?: ReadonlyMap<string, string>;
  /** Path of a file of users with hashed passwords, which the caller reads. */
  readonly usersFile?: string;
  /** What this process does: serve the API, watch the heartbeats, or both. */
  readonly role: 'all' | 'api' | 'engine';
  /** Whether the page is served, beside the API. */
  readonly webPage: 'on' | 'off';
  /** Absent: events and alarms stay in the process. */
  readonly amqpUrl?: string;
  /** How many events the broker hands over before the first of them is acknowledged. */
  readonly amqpPrefetch: number;
  /** The exchange that events come from and alarms go to. */
  readonly amqpExchange: string;
  /** The queue that the engines of one database share. */
  readonly amqpQueue: string;
  /** Whether a check of its own proves that events come, where nothing else does. */
  readonly pathCheck: 'on' | 'off';
  /** What is added to every interval. */
  readonly tolerance: Tolerance;
  /** How long a heartbeat is listened to without interruption after blind time, in milliseconds; a shorter interval shortens it. */
  readonly blindGraceMs: number;
  /** Where alarms are posted, beside the broker where there is one. */
  readonly alarmWebhookUrl?: string;
  /** Key of the tokens by which heartbeats are pinged without credentials. Absent: there are none. */
  readonly pingSecret?: string;
  /** What the posted alarms are signed with. */
  readonly alarmWebhookSecret?: string;
  /** Headers of the posted alarms, by name. */
  readonly alarmWebhookHeaders?: Readonly<Record<string, string>>;
  /** What is posted, as a template; behind an `@` the path of its file, which the caller reads. Absent: the alarm event. */
  readonly alarmWebhookTemplate?: string;
  /** What the posted body is. Absent: JSON. */
  readonly alarmWebhookContentType?: string;
  /** How long the receiver of a posted alarm has to answer, in milliseconds. */
  readonly alarmWebhookTimeoutMs: number;
  /** The Alertmanager that alarms go to as alerts. */
  readonly alarmAlertmanagerUrl?: string;
  /** The proxy by which `https:` URLs are called. */
  readonly httpsProxy?: string;
  /** The proxy by which `http:` URLs are called. */
  readonly httpProxy?: string;
  /** Hosts that are called without a proxy. */
  readonly noProxy?: string;
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
  /** Of so many heartbeats there are series of their own. */
  readonly metricsHeartbeats: number;
}
