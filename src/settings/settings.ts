import { BlockList, isIP } from 'node:net';
import { meantBy } from './near-misses';
import { InvalidValue, type SettingDefinition } from './setting-definition';
import type { EnvironmentSettings } from './environment-settings';
import { parseProxy } from '../util/http-proxy';
import { SETTING_ALIASES, SETTING_NAMES, SETTING_TABLE } from './setting-table';

export { SETTING_NAMES } from './setting-table';
export { settingsHelp, settingsMarkdown } from './settings-text';

/**
 * The environment, read once. Exactly one of `users` and `usersFile` is present; where `role` is `engine` and nobody
 * configured users, `users` is empty.
 */
export interface Settings extends EnvironmentSettings {
  /** True where nobody configured users, so that `users` is the documented root/root: worth a warning. */
  readonly defaultUsers: boolean;
}

/** Says everything that is wrong with the environment at once. No message holds the value of a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(['The settings are not valid:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

/**
 * Reads every setting from the process's environment, or from `env`. An empty variable counts as unset.
 *
 * @throws SettingsError listing all problems, each with the variable's name and what it should be.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { values, problems } = readTable(env);
  problems.push(...unknownVariables(env), ...userProblems(env, values), ...webhookProblems(env, values));
  problems.push(...portProblems(values));
  if (problems.length > 0) throw new SettingsError(problems);
  // Without a problem every property that has a default is there: SETTING_TABLE's type asks for those defaults.
  const settings = values as EnvironmentSettings;
  if (settings.users || settings.usersFile) return { ...settings, defaultUsers: false };
  // An engine has no calls that anybody could be let in to.
  if (settings.role === 'engine') return { ...settings, users: new Map(), defaultUsers: false };
  return { ...settings, users: new Map([['root', 'root']]), defaultUsers: true };
}

function readTable(env: NodeJS.ProcessEnv): { values: Partial<EnvironmentSettings>; problems: string[] } {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [property, definition] of Object.entries<SettingDefinition<unknown>>(SETTING_TABLE)) {
    const { name, alias = name } = definition;
    const text = env[name] || env[alias] || definition.default;
    if (text === undefined) continue;
    try {
      values[property] = definition.parse(text);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const found = definition.secret ? '' : `, not ${JSON.stringify(text)}`;
      problems.push(
        `${definition.name} should be ${error.message}${found}${serviceHint(definition.name, text)}`,
      );
    }
  }
  return { values, problems };
}

/** Which users to accept depends on several variables: a value is absent where it was not valid. */
function userProblems(env: NodeJS.ProcessEnv, { host, role }: Partial<EnvironmentSettings>): string[] {
  const { users, usersFile } = SETTING_TABLE;
  if (env[users.name] && env[usersFile.name]) {
    return [`${users.name} and ${usersFile.name} exclude each other: unset one of them`];
  }
  const needless = role === 'engine' || host === undefined || isLoopback(host);
  if (env[users.name] || env[usersFile.name] || needless) return [];
  return [
    `${users.name} or ${usersFile.name} should be set: without users only root with password root could call, ` +
      `which is allowed on a loopback ${SETTING_TABLE.host.name} alone, not on ${JSON.stringify(host)}`,
  ];
}

/** Two servers of one process cannot listen on one port of one address; 0 is a free one for each. */
function portProblems({ host, port, metricsHost, metricsPort }: Partial<EnvironmentSettings>): string[] {
  if (port === undefined || port === 0 || port !== metricsPort) return [];
  const isShared =
    host === metricsHost || [host, metricsHost].some((one) => one === '0.0.0.0' || one === '::');
  if (!isShared) return [];
  const { name } = SETTING_TABLE.metricsPort;
  return [`${name} should be another port than ${SETTING_TABLE.port.name}, which is ${port} as well`];
}

/** Of what only counts together with a receiver that is called over HTTP. */
function webhookProblems(env: NodeJS.ProcessEnv, values: Partial<EnvironmentSettings>): string[] {
  const {
    alarmWebhookUrl: url,
    alarmAlertmanagerUrl: alertmanager,
    alarmWebhookSecret,
    alarmWebhookHeaders,
    alarmWebhookTemplate,
    alarmWebhookContentType,
    alarmWebhookTimeoutMs,
  } = SETTING_TABLE;
  const ofWebhook = [
    ...[alarmWebhookSecret, alarmWebhookHeaders, alarmWebhookTemplate, alarmWebhookContentType],
    alarmWebhookTimeoutMs,
  ];
  const needless = ofWebhook.filter(({ name }) => env[name] && !env[url.name]);
  const problems = needless.map(
    ({ name }) => `${name} is of use with ${url.name} only: set that too, or unset it`,
  );
  // Who posts nothing may have proxies of any kind.
  if (!env[url.name] && !env[alertmanager.name]) return problems;
  const proxies = (['httpsProxy', 'httpProxy'] as const)
    .filter((property) => values[property] !== undefined && parseProxy(values[property]) === undefined)
    .map((property) => `${SETTING_TABLE[property].name} should be http://HOST:PORT or https://HOST:PORT`);
  return [...problems, ...proxies];
}

function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Kubernetes sets such variables in every container beside a Service whose name starts with `heartbeat`
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables): they are nobody's typing error.
 */
function isServiceLink(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT)(_|$)|_PORT_[0-9]+_(TCP|UDP|SCTP)(_|$)/.test(name) ||
    (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
  );
}

const isKnown = (name: string): boolean => SETTING_NAMES.includes(name) || SETTING_ALIASES.includes(name);

/** A Service whose name makes one of our own variables, for example `metrics`. */
function serviceHint(name: string, value: string): string {
  if (!isServiceLink(name, value)) return '';
  const service = name
    .replace(/_PORT$/, '')
    .toLowerCase()
    .replaceAll('_', '-');
  return `: Kubernetes sets it for the Service ${service}; set enableServiceLinks: false in the pod, or ${name} itself`;
}

/**
 * Variables that were probably meant for us: all that begin with `HEARTBEAT_`, and others that are nearly one of ours, where
 * that one is not set.
 */
function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const own = SETTING_NAMES.filter((name) => name.startsWith('HEARTBEAT_'));
  const problems: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!value || isKnown(name) || isServiceLink(name, value)) continue;
    const meant = meantBy(name, SETTING_NAMES);
    if (meant !== undefined && !env[meant]) problems.push(`${name} is not a setting: ${meant} is meant`);
    else if (name.startsWith('HEARTBEAT_'))
      problems.push(`${name} is not a setting: perhaps one of ${own.join(', ')} is meant`);
  }
  return problems;
}
