import {
  alertmanagerUrl,
  anyText,
  headerList,
  httpUrl,
  mediaType,
  milliseconds,
  millisecondsUpTo,
} from './parsers';
import type { EnvironmentSettings } from './environment-settings';
import type { SettingTable } from './setting-definition';

type AlarmSettings = Pick<
  EnvironmentSettings,
  Extract<keyof EnvironmentSettings, `alarm${string}` | `${string}Proxy`>
>;

/** The settings of whom alarms go to beside the broker, and how: a part of the one list. */
export const ALARM_SETTINGS: SettingTable<AlarmSettings> = {
  alarmWebhookUrl: {
    name: 'ALARM_WEBHOOK_URL',
    description: 'Where alarms are posted as JSON; with AMQP_URL they go to the broker as well.',
    secret: true,
    parse: httpUrl,
  },
  alarmWebhookSecret: {
    name: 'ALARM_WEBHOOK_SECRET',
    description:
      'Key of the signatures of posted alarms: X-Heartbeat-Signature is then sha256= and the HMAC-SHA256 of the body in hex, ' +
      'X-Heartbeat-Signature-V2 that of delivery, timestamp and body.',
    secret: true,
    parse: anyText,
  },
  alarmWebhookHeaders: {
    name: 'ALARM_WEBHOOK_HEADERS',
    description:
      'Headers of posted alarms, as name=value with commas between; values percent-encoded (a comma as %2C).',
    secret: true,
    parse: headerList,
  },
  alarmWebhookTemplate: {
    name: 'ALARM_WEBHOOK_TEMPLATE',
    description:
      'What is posted instead of the alarm event: a Mustache template, or @ and the path of a file that holds it. ' +
      'It is checked at start.',
    secret: true,
    parse: anyText,
  },
  alarmWebhookContentType: {
    name: 'ALARM_WEBHOOK_CONTENT_TYPE',
    description:
      'What the posted body is, which also decides how a template escapes texts; for example text/plain. Unset: application/json.',
    parse: mediaType,
  },
  alarmWebhookTimeoutMs: {
    name: 'ALARM_WEBHOOK_TIMEOUT',
    default: '5s',
    description: 'How long the receiver of a posted alarm has to answer, at most 1m; then it is sent again.',
    parse: millisecondsUpTo('1m'),
  },
  alarmAlertmanagerUrl: {
    name: 'ALARM_ALERTMANAGER_URL',
    description:
      'Prometheus Alertmanager that alarms go to as alerts, beside broker, webhook or log: its own address, as http://alertmanager:9093.',
    secret: true,
    parse: alertmanagerUrl,
  },
  httpsProxy: {
    name: 'HTTPS_PROXY',
    alias: 'https_proxy',
    description: 'Proxy by which alarms are posted to an https address: http://USER:PASSWORD@HOST:PORT.',
    secret: true,
    parse: anyText,
  },
  httpProxy: {
    name: 'HTTP_PROXY',
    alias: 'http_proxy',
    description: 'Proxy by which alarms are posted to an http address.',
    secret: true,
    parse: anyText,
  },
  noProxy: {
    name: 'NO_PROXY',
    alias: 'no_proxy',
    description:
      'Where no proxy is used: host names with all below them, addresses, networks, with commas between; * for all. ' +
      'This machine itself is always called without.',
    parse: anyText,
  },
  alarmRepeatMs: {
    name: 'ALARM_REPEAT',
    description: 'How often an alarm that is still open is sent again, for example 10m. Unset: never.',
    parse: milliseconds,
  },
};
